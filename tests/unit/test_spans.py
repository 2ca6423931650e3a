"""Runs of words: what is left beside others, and their text and times."""

from hypothesis import given
from hypothesis import strategies as st

from tests.make_transcripts import segments
from transcripts.spans import Place, Span, run_of, span, without

SPOKEN = segments("one two three", "four five six", "seven eight nine")
places = st.builds(Place, st.integers(0, 3), st.integers(0, 2))


def words_in(part: Span) -> set[tuple[int, int]]:
    return {(s, w) for s in range(3) for w in range(3) if part.start <= Place(s, w) < part.end}


@given(places, places, st.lists(st.tuples(places, places), max_size=4))
def test_what_is_left_and_what_was_taken_are_together_the_whole(
    start: Place, end: Place, others: list[tuple[Place, Place]]
) -> None:
    whole, taken = Span(start, end), [Span(*bounds) for bounds in others]

    left = without(whole, taken)

    covered = set().union(*(words_in(part) for part in left))
    assert covered == words_in(whole) - set().union(*(words_in(part) for part in taken))


def test_a_run_that_ends_inside_a_segment_has_its_words_and_times() -> None:
    run = run_of(SPOKEN, span(0, 1, 1, 0))

    assert run is not None
    assert run.text == "two three four"
    assert (run.first_segment, run.first_word, run.last_segment, run.last_word) == (0, 1, 1, 0)
    assert (round(run.start_seconds, 2), round(run.end_seconds, 2)) == (3.33, 13.33)


def test_a_run_of_whole_segments_names_no_words() -> None:
    run = run_of(SPOKEN, span(1, 2, None, None))

    assert run is not None
    assert (run.first_word, run.last_word, run.text) == (None, None, "four five six seven eight nine")


def test_a_span_without_words_is_no_run() -> None:
    assert run_of(SPOKEN, Span(Place(1, 2), Place(1, 2))) is None
