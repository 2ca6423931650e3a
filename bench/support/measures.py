"""Scores of a mapping, weighted by seconds: accuracy, F1, boundaries, and accuracy where it was sure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from transcripts.text.spoken import SpokenSegment

SURE_CONFIDENCE = 0.9
CONFIDENCE_BINS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)


@dataclass(frozen=True, slots=True)
class MappingScores:
    accuracy: float
    macro_f1: float
    boundary_f1: float
    sure_right: float
    sure_share: float


@dataclass(frozen=True, slots=True)
class JudgedSegment:
    """One segment: how long, whether it was right, and how sure the mapping was."""

    seconds: float
    is_right: bool
    confidence: float


Key = str | None


def judge_segments(
    segments: Sequence[SpokenSegment], truth: Sequence[Key], got: Sequence[Key], sure: Sequence[float]
) -> list[JudgedSegment]:
    return [JudgedSegment(s.end - s.start, t == g, c) for s, t, g, c in zip(segments, truth, got, sure, strict=True)]


def score_mapping(
    segments: Sequence[SpokenSegment], truth: Sequence[Key], got: Sequence[Key], sure: Sequence[float]
) -> MappingScores:
    judged = judge_segments(segments, truth, got, sure)
    certain = [item for item in judged if item.confidence >= SURE_CONFIDENCE]
    total = sum(item.seconds for item in judged)
    return MappingScores(
        accuracy=_share_right(judged),
        macro_f1=_macro_f1([item.seconds for item in judged], truth, got),
        boundary_f1=_boundary_f1(truth, got),
        sure_right=_share_right(certain),
        sure_share=sum(item.seconds for item in certain) / total,
    )


def mean_scores(rows: Sequence[MappingScores]) -> MappingScores:
    names = MappingScores.__dataclass_fields__
    return MappingScores(**{name: sum(getattr(row, name) for row in rows) / len(rows) for name in names})


def reliability_bins(judged: Sequence[JudgedSegment]) -> list[tuple[float, float, float, float]]:
    """For each bin of confidence: its lower edge, the mean confidence, the share right, the share of all time."""
    rows = []
    total = sum(item.seconds for item in judged)
    for low, high in pairwise(CONFIDENCE_BINS):
        inside = [item for item in judged if low <= item.confidence < high]
        seconds = sum(item.seconds for item in inside)
        if seconds:
            said = sum(item.confidence * item.seconds for item in inside) / seconds
            rows.append((low, said, _share_right(inside), seconds / total))
    return rows


def share_at_accuracy(judged: Sequence[JudgedSegment], target: float) -> float:
    """The largest share of the time, surest first, that is at least that accurate."""
    total = sum(item.seconds for item in judged)
    seconds = seconds_right = best = 0.0
    for item in sorted(judged, key=lambda item: -item.confidence):
        seconds, seconds_right = seconds + item.seconds, seconds_right + item.seconds * item.is_right
        best = seconds if seconds_right >= target * seconds else best
    return best / total


def _share_right(judged: Sequence[JudgedSegment]) -> float:
    seconds = sum(item.seconds for item in judged)
    return sum(item.seconds for item in judged if item.is_right) / seconds if seconds else 0.0


def _macro_f1(seconds: Sequence[float], truth: Sequence[Key], got: Sequence[Key]) -> float:
    scores = []
    for label in set(truth):
        both = sum(s for s, t, g in zip(seconds, truth, got, strict=True) if t == label and g == label)
        either = sum(s * ((t == label) + (g == label)) for s, t, g in zip(seconds, truth, got, strict=True))
        scores.append(2 * both / either)
    return sum(scores) / len(scores)


def _boundary_f1(truth: Sequence[Key], got: Sequence[Key]) -> float:
    expected, found = _find_changes(truth), _find_changes(got)
    if not expected or not found:
        return float(expected == found)
    recall = sum(any(abs(a - b) <= 1 for b in found) for a in expected) / len(expected)
    precision = sum(any(abs(a - b) <= 1 for a in expected) for b in found) / len(found)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _find_changes(labels: Sequence[Key]) -> list[int]:
    return [i for i in range(1, len(labels)) if labels[i] != labels[i - 1]]
