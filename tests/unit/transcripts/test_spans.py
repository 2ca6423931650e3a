"""Runs of words: what is left beside others, and their text and times."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.make_transcripts import spoken_segments
from transcripts.text.spans import WordOffset, WordSpan, make_span, resolve_span, subtract_spans

SPOKEN = spoken_segments("one two three", "four five six", "seven eight nine")
offsets = st.builds(WordOffset, st.integers(0, 3), st.integers(0, 2))


def words_in(part: WordSpan) -> set[tuple[int, int]]:
    return {(s, w) for s in range(3) for w in range(3) if part.start <= WordOffset(s, w) < part.end}


@given(offsets, offsets, st.lists(st.tuples(offsets, offsets), max_size=4))
def test_what_is_left_and_what_was_taken_make_up_the_whole(
    start: WordOffset, end: WordOffset, others: list[tuple[WordOffset, WordOffset]]
) -> None:
    whole, taken = WordSpan(start, end), [WordSpan(*bounds) for bounds in others]

    left = subtract_spans(whole, taken)

    covered = set().union(*(words_in(part) for part in left))
    assert covered == words_in(whole) - set().union(*(words_in(part) for part in taken))


def test_a_run_that_ends_inside_a_segment_has_its_words_and_times() -> None:
    run = resolve_span(SPOKEN, make_span(0, 1, 1, 0))

    assert run is not None
    assert run.text == "two three four"
    assert (run.first_segment, run.first_word, run.last_segment, run.last_word) == (0, 1, 1, 0)
    assert (round(run.start_seconds, 2), round(run.end_seconds, 2)) == (3.33, 13.33)


def test_a_run_of_whole_segments_names_no_words() -> None:
    run = resolve_span(SPOKEN, make_span(1, 2, None, None))

    assert run is not None
    assert (run.first_word, run.last_word, run.text) == (None, None, "four five six seven eight nine")


def test_a_span_without_words_is_no_run() -> None:
    assert resolve_span(SPOKEN, WordSpan(WordOffset(1, 2), WordOffset(1, 2))) is None
