"""Places between words, as pages send them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.passages.boundaries import InvalidBoundaryError, is_word_boundary
from transcripts.passages.word_offsets import format_offset, list_sentences, parse_offset
from transcripts.text.spans import WordOffset, WordSpan, resolve_span
from transcripts.text.spoken import SpokenSegment, SpokenWord

SAID = (" A", " well", "-known", " cure", ".", " We", " wait")


def segment(number: int, *said: str) -> SpokenSegment:
    words = tuple(SpokenWord(word, n, n + 1.0, 0.9) for n, word in enumerate(said))
    return SpokenSegment(number, 0.0, 9.0, "".join(said).strip(), words=words)


TALK = (segment(0, *SAID), SpokenSegment(1, 9.0, 12.0, "Without any words."), segment(2, " End"))


@pytest.mark.parametrize(("count", "word"), [(0, 0), (1, 1), (2, 3), (3, 5), (4, 6)])
def test_readers_count_words_and_not_the_models_pieces(count: int, word: int) -> None:
    assert parse_offset(TALK, f"0.0.{count}") == WordOffset(0, word)


@pytest.mark.parametrize("count", [5, 6, 999999])
def test_behind_the_last_word_is_the_next_sentence(count: int) -> None:
    assert parse_offset(TALK, f"0.0.{count}") == WordOffset(1)


def test_a_sentence_without_words_is_taken_whole() -> None:
    assert parse_offset(TALK, "1.0.2") == WordOffset(1)
    assert parse_offset(TALK, "1.0.2", is_end=True) == WordOffset(2)


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{1,7}\.[0-9]{1,7}(\.[0-9]{1,7})?"))
def test_whatever_is_sent_parts_words_or_is_refused(words: str) -> None:
    try:
        offset = parse_offset(TALK, words)
    except InvalidBoundaryError:
        return
    assert is_word_boundary(TALK, offset) or offset == WordOffset(len(TALK))


@pytest.mark.parametrize("words", ["0.7", "1.1", "3.1", "1.1.1", "", "1"])
def test_an_offset_inside_a_word_is_refused(words: str) -> None:
    with pytest.raises(InvalidBoundaryError, match="between two words"):
        parse_offset(TALK, words)


def test_the_sentences_of_a_passage_are_ranges_that_cover_all_of_it() -> None:
    part = WordSpan(WordOffset(0, 5), WordOffset(3))

    found = list_sentences(TALK, part)

    assert [item.text for item in found] == ["We wait", "Without any words.", "End"]
    whole = WordSpan(parse_offset(TALK, found[0].start), parse_offset(TALK, found[-1].end))
    assert resolve_span(TALK, whole) == resolve_span(TALK, part)
    assert format_offset(part.start) == found[0].start
