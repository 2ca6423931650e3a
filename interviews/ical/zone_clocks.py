"""Which clock the TZID of an iCalendar object means. Pure. Names that mean none are never guessed.

The object's own VTIMEZONE comes first (RFC 5545 §3.2.19), then the names that we know. One exception: the name of a
place in the tz database counts more than a definition that covers only some of its years.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timezone
from typing import Protocol
from zoneinfo import ZoneInfo

from interviews.ical.component_tree import Component
from interviews.ical.zone_definitions import UnclearZoneError, ZoneDefinition
from interviews.ical.zone_names import (
    find_fixed_offset,
    find_zone_by_cdo_number,
    find_zone_by_display_name,
    find_zone_by_name,
    normalise_name,
)

MAX_DEFINITIONS = 2_000


class LocalClock(Protocol):
    def to_utc(self, local: datetime) -> datetime:
        """A skipped time has the offset before the change; of two, the first counts. Raises ValueError."""


@dataclass(frozen=True, slots=True)
class ZoneClock:
    """A zone of the tz database, or a fixed offset."""

    zone: ZoneInfo | timezone

    def to_utc(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self.zone).astimezone(UTC)


UTC_CLOCK = ZoneClock(UTC)


class ClockFinder:
    """The clocks of one object. `others`: objects of the same stream, whose definitions count less."""

    def __init__(self, calendar: Component, others: Iterable[Component] = ()) -> None:
        self._definitions = _index_definitions([calendar, *others])
        self._known: dict[str, LocalClock | None] = {}

    def find(self, name: str) -> LocalClock | None:
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def list_defined(self) -> list[LocalClock]:
        clocks = [self.find(name) for name in self._definitions]
        return [clock for clock in clocks if clock is not None]

    def _find(self, name: str) -> LocalClock | None:
        component = self._definitions.get(normalise_name(name))
        defined = _parse_definition(component) if component else None
        named = find_zone_by_name(name)
        is_place = named is not None and "/" in named.key and "/" in name
        if defined is not None and (not is_place or defined.repeats_yearly):
            return defined
        zone = named or find_zone_by_mention(component) or find_zone_by_display_name(name) or find_fixed_offset(name)
        return ZoneClock(zone) if zone else None


def _index_definitions(calendars: list[Component]) -> dict[str, Component]:
    found: dict[str, Component] = {}
    for calendar in calendars:
        for definition in calendar.list_components("VTIMEZONE")[:MAX_DEFINITIONS]:
            for line in definition.list_lines("TZID"):
                found.setdefault(normalise_name(line.value), definition)
    return found


def _parse_definition(component: Component) -> ZoneDefinition | None:
    try:
        return ZoneDefinition(component)
    except (UnclearZoneError, ValueError, OverflowError):
        return None


def find_zone_by_mention(definition: Component | None) -> ZoneInfo | None:
    """A definition without usable rules may still name its zone."""
    if definition is None:
        return None
    location, number = definition.find_line("X-LIC-LOCATION"), definition.find_line("X-MICROSOFT-CDO-TZID")
    return (find_zone_by_name(location.text) if location else None) or (
        find_zone_by_cdo_number(number.value) if number else None
    )
