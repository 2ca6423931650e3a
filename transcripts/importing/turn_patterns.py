"""The ways in which plain text says who speaks and when: one pattern for each, and which of them a file follows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from transcripts.importing.clock_times import CLOCK_PATTERN
from transcripts.importing.speaker_names import MAX_NAME_LENGTH, is_name_like

NAME = rf"(?P<name>\S(?:.{{0,{MAX_NAME_LENGTH - 2}}}?\S)?)"
TIME = rf"(?P<time>{CLOCK_PATTERN})"
LONG_TIME = r"(?P<time>\d{1,3}:\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?)"
MIN_LINE_SHARE = 0.5  # of the lines, for what might also be said: “10:30 was too early”


@dataclass(frozen=True, slots=True)
class TurnPattern:
    """A way to begin a turn. `is_plain`: ordinary speech may look like it, so that most lines have to."""

    regex: re.Pattern[str]
    is_ambiguous: bool = False

    def match(self, line: str) -> re.Match[str] | None:
        found = self.regex.fullmatch(line)
        name = found.groupdict().get("name") if found else None
        return found if name is None or is_name_like(name) else None


TURN_PATTERNS = (
    TurnPattern(re.compile(rf"{NAME}\s*[|,\-–—]?\s*[(\[]?{TIME}[)\]]?:?(?P<said>)")),  # Otter, Teams, Rev
    TurnPattern(re.compile(rf"{NAME}\s*[(\[]{TIME}[)\]]\s*:?\s+(?P<said>\S.*)")),
    TurnPattern(re.compile(rf"[\[(#<]\s*{TIME}(?:-\d)?\s*[\])#>]\s*[-–—|:]?\s*(?P<said>.*)")),  # NVivo, MAXQDA
    TurnPattern(re.compile(rf"{LONG_TIME}\s*[-–—|:]?\s*(?P<said>.*)")),  # Word, Zoom
    TurnPattern(re.compile(rf"{TIME}(?P<said>)")),
    TurnPattern(re.compile(rf"{TIME}\s*[-–—|:]?\s+(?P<said>\S.*)"), is_ambiguous=True),
    TurnPattern(re.compile(rf"{NAME}\s+{TIME}\s+(?P<said>\S.*)"), is_ambiguous=True),
)


def detect_turn_pattern(lines: Sequence[str]) -> TurnPattern | None:
    """The one that most lines follow; None where the text names no times. `lines`: without empty ones."""
    counted = [(_count_turns(layout, lines), layout) for layout in TURN_PATTERNS]
    most, best = max(counted, key=lambda item: item[0])
    return best if most else None


def _count_turns(pattern: TurnPattern, lines: Sequence[str]) -> int:
    """How many turns begin in this way; 0 when they are too few to be meant."""
    found = sum(pattern.match(line) is not None for line in lines)
    fewest = MIN_LINE_SHARE * len(lines) if pattern.is_ambiguous else min(2.0, MIN_LINE_SHARE * len(lines))
    return found if found >= fewest else 0
