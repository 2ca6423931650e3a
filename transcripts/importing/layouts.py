"""The ways in which plain text says who speaks and when: one pattern for each, and which of them a file follows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from transcripts.importing.clock_times import CLOCK
from transcripts.importing.names import MOST_LETTERS, is_like_a_name

NAME = rf"(?P<name>\S(?:.{{0,{MOST_LETTERS - 2}}}?\S)?)"
TIME = rf"(?P<time>{CLOCK})"
LONG_TIME = r"(?P<time>\d{1,3}:\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?)"
MOSTLY = 0.5  # of the lines, for what might also be said: “10:30 was too early”


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to begin a turn. `is_plain`: ordinary speech may look like it, so that most lines have to."""

    pattern: re.Pattern[str]
    is_plain: bool = False

    def match(self, line: str) -> re.Match[str] | None:
        found = self.pattern.fullmatch(line)
        name = found.groupdict().get("name") if found else None
        return found if name is None or is_like_a_name(name) else None


LAYOUTS = (
    Layout(re.compile(rf"{NAME}\s*[|,\-–—]?\s*[(\[]?{TIME}[)\]]?:?(?P<said>)")),  # Otter, Teams, Rev
    Layout(re.compile(rf"{NAME}\s*[(\[]{TIME}[)\]]\s*:?\s+(?P<said>\S.*)")),
    Layout(re.compile(rf"[\[(#<]\s*{TIME}(?:-\d)?\s*[\])#>]\s*[-–—|:]?\s*(?P<said>.*)")),  # NVivo, MAXQDA
    Layout(re.compile(rf"{LONG_TIME}\s*[-–—|:]?\s*(?P<said>.*)")),  # Word, Zoom
    Layout(re.compile(rf"{TIME}(?P<said>)")),
    Layout(re.compile(rf"{TIME}\s*[-–—|:]?\s+(?P<said>\S.*)"), is_plain=True),
    Layout(re.compile(rf"{NAME}\s+{TIME}\s+(?P<said>\S.*)"), is_plain=True),
)


def layout_of(lines: Sequence[str]) -> Layout | None:
    """The one that most lines follow; None where the text names no times. `lines`: without empty ones."""
    counted = [(_count(layout, lines), layout) for layout in LAYOUTS]
    most, best = max(counted, key=lambda item: item[0])
    return best if most else None


def _count(layout: Layout, lines: Sequence[str]) -> int:
    """How many turns begin in this way; 0 when they are too few to be meant."""
    found = sum(layout.match(line) is not None for line in lines)
    fewest = MOSTLY * len(lines) if layout.is_plain else min(2.0, MOSTLY * len(lines))
    return found if found >= fewest else 0
