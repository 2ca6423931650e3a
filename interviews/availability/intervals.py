"""Half-open intervals of time in UTC. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Interval") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def overlaps_any(interval: Interval, others: Iterable[Interval]) -> bool:
    return any(interval.overlaps(other) for other in others)


def merge_intervals(intervals: Iterable[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if merged and interval.starts_at <= merged[-1].ends_at:
            merged[-1] = Interval(merged[-1].starts_at, max(merged[-1].ends_at, interval.ends_at))
        else:
            merged.append(interval)
    return merged


def find_earliest_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """The first moment that a local time can mean; for one that the clocks skip, the moment before."""
    return min(_resolve_both_folds(local, zone))


def find_latest_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """The last moment that a local time can mean; for one that the clocks skip, the moment after."""
    return max(_resolve_both_folds(local, zone))


def _resolve_both_folds(local: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return tuple(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))  # type: ignore[return-value]
