"""Stretches laid over each other: as a plain, slow way has it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.passages.acceptance_rate import calculate_from_intervals
from transcripts.passages.question_intervals import QuestionInterval, resolve_overlaps

KEYS = ("capacity", "values", None)
SECOND = st.integers(0, 12)
ONES = st.tuples(st.sampled_from(KEYS), SECOND, SECOND)
STRETCHES = st.lists(ONES.map(lambda one: QuestionInterval(one[0], min(one[1:]), max(one[1:]))))


def by_second(found: list[QuestionInterval]) -> dict[float, str | None]:
    """The first in the list that is there, for each second by itself."""
    return {
        second: next(one.question_key for one in found if one.start_seconds <= second < one.end_seconds)
        for second in range(12)
        if any(one.start_seconds <= second < one.end_seconds for one in found)
    }


@given(STRETCHES)
def test_the_first_to_say_something_of_a_second_counts(found: list[QuestionInterval]) -> None:
    left = resolve_overlaps(found)

    assert by_second(left) == by_second(found)
    assert all(one.end_seconds <= other.start_seconds for one, other in pairwise(left))


@given(STRETCHES, STRETCHES)
def test_what_was_kept_is_what_a_count_of_seconds_says(
    decided: list[QuestionInterval], machine: list[QuestionInterval]
) -> None:
    left = by_second(machine)
    same = [
        sum(left.get(second, "") == one.question_key for second in range(int(one.start_seconds), int(one.end_seconds)))
        for one in decided
    ]

    found = calculate_from_intervals(decided, resolve_overlaps(machine), boundary_count=0)

    assert found.kept_count == sum(2 * shared > one.seconds for shared, one in zip(same, decided, strict=True))
    assert found.decided_count == len(decided)
    assert found.seconds_kept == pytest.approx(sum(same))
