"""Nothing said is lost: whatever no question covers is found, down to single words."""

from hypothesis import given
from hypothesis import strategies as st

from review.reading.outside_speech import find_outside_speech
from transcripts.models import Passage
from transcripts.text.spoken import SpokenSegment, SpokenWord

WORDS = ["one", "two", "three", "four"]


def spoken(position: int, *words: str, speaker: str | None = None) -> SpokenSegment:
    start = 10.0 * position
    timed = tuple(SpokenWord(f" {word}", start + n, start + n + 1) for n, word in enumerate(words))
    return SpokenSegment(position, start, start + 10.0, " ".join(words), speaker, timed)


def about(
    key: str | None, first: int, last: int, first_word: int | None = None, last_word: int | None = None
) -> Passage:
    return Passage(question_key=key, first_segment=first, last_segment=last, first_word=first_word, last_word=last_word)


def test_speech_before_between_and_after_passages_is_outside() -> None:
    segments = [spoken(n, f"line{n}") for n in range(5)]

    found = find_outside_speech(segments, [about("cost", 1, 1), about("worked", 3, 3)], {})

    assert [run.turns for run in found] == [((None, "line0"),), ((None, "line2"),), ((None, "line4"),)]


def test_words_that_a_passage_leaves_out_are_outside() -> None:
    segments = [spoken(0, "well", "the", "cost", "was", "small", "anyway")]

    found = find_outside_speech(segments, [about("cost", 0, 0, first_word=1, last_word=4)], {})

    assert [(run.turns, run.start_seconds, run.end_seconds) for run in found] == [
        (((None, "well"),), 0.0, 1.0),
        (((None, "anyway"),), 5.0, 6.0),
    ]


def test_a_passage_that_belongs_to_no_question_covers_nothing() -> None:
    segments = [spoken(0, "hello"), spoken(1, "goodbye")]

    (found,) = find_outside_speech(segments, [about(None, 0, 1)], {})

    assert found.turns == ((None, "hello goodbye"),)


def test_each_change_of_speaker_is_a_turn_of_its_own() -> None:
    segments = [spoken(0, "thank", "you", speaker="A"), spoken(1, "not", "at", "all", speaker="B")]

    (found,) = find_outside_speech(segments, [], {"A": "A", "B": "B"})

    assert found.turns == (("A", "thank you"), ("B", "not at all"))


def test_speakers_who_are_only_guessed_make_no_turns() -> None:
    segments = [spoken(0, "thank", "you", speaker="A"), spoken(1, "not", "at", "all", speaker="B")]

    (found,) = find_outside_speech(segments, [], {})

    assert found.turns == ((None, "thank you not at all"),)


def test_a_segment_without_words_is_one_piece() -> None:
    segments = [SpokenSegment(0, 0.0, 9.0, "Imported text."), SpokenSegment(1, 9.0, 20.0, "More of it.")]

    (found,) = find_outside_speech(segments, [], {})

    assert (found.turns, found.end_seconds) == (((None, "Imported text. More of it."),), 20.0)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 4), st.integers(0, 3)), max_size=4))
def test_every_word_is_either_in_a_passage_or_outside(spans: list[tuple[int, int, int, int]]) -> None:
    segments = [spoken(n, *(f"{word}{n}" for word in WORDS)) for n in range(5)]
    passages = [about("cost", a, c, b, d) for a, b, c, d in spans if (a, b) <= (c, d)]

    outside = " ".join(words for run in find_outside_speech(segments, passages, {}) for _, words in run.turns).split()

    taken = {
        f"{word}{n}"
        for n in range(5)
        for w, word in enumerate(WORDS)
        if any((p.first_segment, p.first_word) <= (n, w) <= (p.last_segment, p.last_word) for p in passages)
    }
    assert outside == [f"{word}{n}" for n in range(5) for word in WORDS if f"{word}{n}" not in taken]
