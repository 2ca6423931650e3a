"""Build the components of an iCalendar object from its lines, also where BEGIN and END do not match. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from interviews.ical.ical_lines import ContentLine

MAX_DEPTH = 8  # VCALENDAR, VEVENT, VALARM are three
COMPONENT_NAME = re.compile(r"[A-Z][A-Z0-9-]*")
TOP_LEVEL_COMPONENTS = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY"})
KNOWN_COMPONENTS = TOP_LEVEL_COMPONENTS | {"VCALENDAR", "VALARM", "STANDARD", "DAYLIGHT"}


@dataclass(slots=True)
class Component:
    name: str
    lines: list[ContentLine] = field(default_factory=list)
    components: list["Component"] = field(default_factory=list)
    is_closed: bool = False  # has an END

    def list_lines(self, name: str) -> list[ContentLine]:
        return [line for line in self.lines if line.name == name]

    def find_line(self, name: str) -> ContentLine | None:
        return next((line for line in self.lines if line.name == name), None)

    def list_components(self, *names: str) -> list["Component"]:
        return [part for part in self.components if part.name in names]


def build_calendars(lines: Iterable[ContentLine]) -> list[Component]:
    """The VCALENDARs, in order."""
    known_lines = list(lines)
    tree = _Tree(_find_ended_names(known_lines))
    for line in known_lines:
        tree.add(line)
    return tree.top.list_components("VCALENDAR")


def _find_ended_names(lines: list[ContentLine]) -> frozenset[str]:
    return frozenset(_get_component_name(line) for line in lines if line.name == "END")


def _get_component_name(line: ContentLine) -> str:
    return line.value.strip().upper()


class _Tree:
    def __init__(self, ended_names: frozenset[str]) -> None:
        self.top = Component("")
        self._open = [self.top]
        self._ended_names = ended_names

    def add(self, line: ContentLine) -> None:
        """To the innermost component that is open; BEGIN opens one and END closes it."""
        name = _get_component_name(line)
        if line.name == "BEGIN" and self._is_component(name, line):
            self._begin(name)
        elif line.name == "END":
            self._end(name)
        elif line.name != "BEGIN":
            self._open[-1].lines.append(line)

    def _is_component(self, name: str, line: ContentLine) -> bool:
        """Not a line of a text, such as "Begin: 10:00"."""
        is_other = COMPONENT_NAME.fullmatch(name) and name in self._ended_names and line.is_name_in_capitals
        return name in KNOWN_COMPONENTS or bool(is_other)

    def _begin(self, name: str) -> None:
        """A component without an END ends where one of its kind or a wider kind begins."""
        if name == "VCALENDAR":
            del self._open[1:]
        elif name in TOP_LEVEL_COMPONENTS:
            del self._open[2:]
        if len(self._open) > MAX_DEPTH:
            return
        part = Component(name)
        self._find_outer(name).components.append(part)
        self._open.append(part)

    def _find_outer(self, name: str) -> Component:
        """Events behind an END:VCALENDAR too many still belong to their calendar."""
        if len(self._open) == 1 and name != "VCALENDAR" and self.top.components:
            self._open.append(self.top.components[-1])
        return self._open[-1]

    def _end(self, name: str) -> None:
        positions = [position for position, part in enumerate(self._open) if part.name == name and position]
        if positions:
            self._open[positions[-1]].is_closed = True
            del self._open[positions[-1] :]
