"""Lines of plain text without blank ones, and times brought into one form before turns are looked for."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from transcripts.importing.clock_times import (
    CLOCK_PATTERN,
    DURATION_PATTERN,
    format_clock_time,
    parse_clock_time,
    parse_duration,
)
from transcripts.importing.speaker_names import MAX_NAME_LENGTH, is_name_like

DURATION_LINE = re.compile(
    rf"(?P<bare>(?=\d){DURATION_PATTERN})|(?P<name>\S.{{0,{MAX_NAME_LENGTH}}}?)\s+(?P<time>(?=\d){DURATION_PATTERN})"
)
INLINE_TIME = re.compile(rf"[\[(](?P<time>{CLOCK_PATTERN})[\])](?=\s*\S)")
BOLD = re.compile(r"^\*\*(?P<text>[^*]{1,160})\*\*(?P<colon>:?)")  # Markdown
MAX_LINE = 2 * MAX_NAME_LENGTH
MIN_DURATIONS = 2
MIN_INLINE_TIMES = 3
MIN_ORDERED_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class TextLine:
    text: str
    is_after_blank: bool = True


def split_lines(text: str) -> list[TextLine]:
    lines, is_after_blank = [], True
    for raw in text.split("\n"):
        line = BOLD.sub(r"\g<text>\g<colon>", " ".join(raw.split()))
        if line:
            lines.append(TextLine(line, is_after_blank))
        is_after_blank = not line
    return lines


def write_durations_as_times(lines: Sequence[TextLine]) -> list[TextLine]:
    """Teams: “0 minutes 3 seconds” under a name, or behind it in the same line."""
    times = dict(_iter_durations(lines))
    if len(times) < MIN_DURATIONS:
        return list(lines)
    return [TextLine(times.get(number, line.text), line.is_after_blank) for number, line in enumerate(lines)]


def _iter_durations(lines: Sequence[TextLine]) -> Iterator[tuple[int, str]]:
    above = ""
    for number, line in enumerate(lines):
        match = DURATION_LINE.fullmatch(line.text) if line.text[-1] in "sred" and len(line.text) < MAX_LINE else None
        if match and is_name_like(match["name"] or above):
            time = format_clock_time(parse_duration(match["time"] or match["bare"]))
            yield number, f"{match['name']} {time}" if match["name"] else f"[{time}]"
            above = ""
        else:
            above = line.text


def split_at_inline_times(lines: Sequence[TextLine]) -> list[TextLine]:
    times = [parse_clock_time(match["time"]) for line in lines for match in INLINE_TIME.finditer(line.text)]
    inside = sum(match.start() > 0 for line in lines for match in INLINE_TIME.finditer(line.text))
    ordered = sum(one <= other for one, other in pairwise(times))
    if inside < MIN_INLINE_TIMES - 1 or len(times) < MIN_INLINE_TIMES or ordered < MIN_ORDERED_SHARE * (len(times) - 1):
        return list(lines)
    return [part for line in lines for part in _split_line(line)]


def _split_line(line: TextLine) -> Iterable[TextLine]:
    starts = [match.start() for match in INLINE_TIME.finditer(line.text)]
    starts = [start for start in starts if start > MAX_LINE or not is_name_like(line.text[:start].rstrip(": "))]
    for number, (start, end) in enumerate(pairwise([0, *(s for s in starts if s), len(line.text)])):
        if text := line.text[start:end].strip():
            yield TextLine(text, line.is_after_blank and number == 0)
