"""Stretches of a long transcript are laid over each other in few comparisons."""

from transcripts.passages.question_intervals import QuestionIndex, QuestionInterval, resolve_overlaps

KEYS = ("capacity", "values", None)


class PlainCount(float):
    """A number that counts how often any such is compared."""

    comparisons = 0

    def __lt__(self, other: float) -> bool:
        PlainCount.comparisons += 1
        return float(self) < float(other)

    def __le__(self, other: float) -> bool:
        PlainCount.comparisons += 1
        return float(self) <= float(other)

    def __gt__(self, other: float) -> bool:
        PlainCount.comparisons += 1
        return float(self) > float(other)

    def __ge__(self, other: float) -> bool:
        PlainCount.comparisons += 1
        return float(self) >= float(other)


def test_a_hundred_times_as_many_passages_need_hardly_more_comparisons_for_each() -> None:
    def comparisons_each(count: int) -> float:
        PlainCount.comparisons = 0
        twice = [
            QuestionInterval(KEYS[n % 3], PlainCount(n), PlainCount(n + 1.5)) for n in range(count) for _ in range(2)
        ]
        said = QuestionIndex(resolve_overlaps(twice))
        assert sum(said.measure_overlap(one) for one in twice) > count
        return PlainCount.comparisons / count

    few, many = comparisons_each(50), comparisons_each(5000)

    assert many < 5 * few
