"""Places between words, as pages send them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.boundaries import NoSuchPlaceError, is_place
from transcripts.spans import Place, Span, run_of
from transcripts.spoken import SpokenSegment, SpokenWord
from transcripts.word_places import place_sent, sent, sentences

SAID = (" A", " well", "-known", " cure", ".", " We", " wait")


def segment(number: int, *said: str) -> SpokenSegment:
    words = tuple(SpokenWord(word, n, n + 1.0, 0.9) for n, word in enumerate(said))
    return SpokenSegment(number, 0.0, 9.0, "".join(said).strip(), words=words)


TALK = (segment(0, *SAID), SpokenSegment(1, 9.0, 12.0, "Without any words."), segment(2, " End"))


@pytest.mark.parametrize(("count", "word"), [(0, 0), (1, 1), (2, 3), (3, 5), (4, 6)])
def test_readers_count_words_and_not_the_models_pieces(count: int, word: int) -> None:
    assert place_sent(TALK, f"0.0.{count}") == Place(0, word)


@pytest.mark.parametrize("count", [5, 6, 999999])
def test_behind_the_last_word_is_the_next_sentence(count: int) -> None:
    assert place_sent(TALK, f"0.0.{count}") == Place(1)


def test_a_sentence_without_words_is_taken_whole() -> None:
    assert place_sent(TALK, "1.0.2") == Place(1)
    assert place_sent(TALK, "1.0.2", is_end=True) == Place(2)


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{1,7}\.[0-9]{1,7}(\.[0-9]{1,7})?"))
def test_whatever_is_sent_parts_words_or_is_refused(words: str) -> None:
    try:
        place = place_sent(TALK, words)
    except NoSuchPlaceError:
        return
    assert is_place(TALK, place) or place == Place(len(TALK))


@pytest.mark.parametrize("words", ["0.7", "1.1", "3.1", "1.1.1", "", "1"])
def test_a_place_where_no_words_are_parted_is_refused(words: str) -> None:
    with pytest.raises(NoSuchPlaceError, match="between two words"):
        place_sent(TALK, words)


def test_the_sentences_of_a_passage_are_places_that_together_hold_all_of_it() -> None:
    part = Span(Place(0, 5), Place(3))

    found = sentences(TALK, part)

    assert [item.text for item in found] == ["We wait", "Without any words.", "End"]
    whole = Span(place_sent(TALK, found[0].start), place_sent(TALK, found[-1].end))
    assert run_of(TALK, whole) == run_of(TALK, part)
    assert sent(part.start) == found[0].start
