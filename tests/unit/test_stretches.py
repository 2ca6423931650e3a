"""Stretches laid over each other: as a plain, slow way has it, in far fewer comparisons."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.kept_suggestions import reckoned
from transcripts.stretches import Questions, Said, first_counts

KEYS = ("capacity", "values", None)
SECOND = st.integers(0, 12)
ONES = st.tuples(st.sampled_from(KEYS), SECOND, SECOND)
STRETCHES = st.lists(ONES.map(lambda one: Said(one[0], min(one[1:]), max(one[1:]))))


class Counted(float):
    """A number that counts how often any such is compared."""

    comparisons = 0

    def __lt__(self, other: float) -> bool:
        Counted.comparisons += 1
        return float(self) < float(other)

    def __le__(self, other: float) -> bool:
        Counted.comparisons += 1
        return float(self) <= float(other)

    def __gt__(self, other: float) -> bool:
        Counted.comparisons += 1
        return float(self) > float(other)

    def __ge__(self, other: float) -> bool:
        Counted.comparisons += 1
        return float(self) >= float(other)


def by_second(found: list[Said]) -> dict[float, str | None]:
    """The first in the list that is there, for each second by itself."""
    return {
        second: next(one.question_key for one in found if one.start_seconds <= second < one.end_seconds)
        for second in range(12)
        if any(one.start_seconds <= second < one.end_seconds for one in found)
    }


@given(STRETCHES)
def test_the_first_to_say_something_of_a_second_counts(found: list[Said]) -> None:
    left = first_counts(found)

    assert by_second(left) == by_second(found)
    assert all(one.end_seconds <= other.start_seconds for one, other in pairwise(left))


@given(STRETCHES, STRETCHES)
def test_what_was_kept_is_what_a_count_of_seconds_says(decided: list[Said], machine: list[Said]) -> None:
    left = by_second(machine)
    same = [
        sum(left.get(second, "") == one.question_key for second in range(int(one.start_seconds), int(one.end_seconds)))
        for one in decided
    ]

    found = reckoned(decided, first_counts(machine), boundaries=0)

    assert found.kept == sum(2 * shared > one.seconds for shared, one in zip(same, decided, strict=True))
    assert found.decided == len(decided)
    assert found.seconds_kept == pytest.approx(sum(same))


def test_a_hundred_times_as_many_passages_need_hardly_more_comparisons_for_each() -> None:
    def comparisons_each(count: int) -> float:
        Counted.comparisons = 0
        twice = [Said(KEYS[n % 3], Counted(n), Counted(n + 1.5)) for n in range(count) for _ in range(2)]
        said = Questions(first_counts(twice))
        assert sum(said.seconds_shared(one) for one in twice) > count
        return Counted.comparisons / count

    few, many = comparisons_each(50), comparisons_each(5000)

    assert many < 5 * few
