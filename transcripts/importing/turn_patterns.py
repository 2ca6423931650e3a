"""The ways in which plain text says who speaks and when: one pattern for each, and which of them a file follows."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from transcripts.importing.clock_times import CLOCK_PATTERN, parse_clock_time
from transcripts.importing.corrections import Corrections, DoubtfulLabel
from transcripts.importing.speaker_names import MAX_NAME_LENGTH, is_name_like
from transcripts.importing.text_lines import TextLine
from transcripts.importing.transcript_lines import MAX_BACKWARDS_SECONDS

NAME = rf"(?P<name>\S(?:.{{0,{MAX_NAME_LENGTH}}}?\S)?)"
TIME = rf"(?P<time>{CLOCK_PATTERN})"
LONG_TIME = r"(?P<time>\d{1,3}:\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?)"
HEAD_LINES = 4
MIN_LINE_SHARE = 0.5  # of the lines, for what might also be said: “10:30 was too early”
MAX_STRAY_RUN = 2  # times out of order at the end; more of them are a second recording
USUAL_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Header:
    time: float
    name: str | None
    said: str


@dataclass(frozen=True, slots=True)
class TurnPattern:
    regex: re.Pattern[str]
    is_ambiguous: bool = False  # ordinary speech may look like it, so that most lines have to
    is_bare: bool = False  # times without brackets
    is_alone: bool = False  # hours, minutes and seconds alone in a line: Google Meet writes one for five minutes

    @property
    def has_name(self) -> bool:
        return "name" in self.regex.groupindex

    def match(self, line: str) -> Header | None:
        match = self.regex.fullmatch(line) if ":" in line else None
        if match is None:
            return None
        groups = match.groupdict()
        name = _unwrap(groups["name"]) if groups.get("name") else None
        if name is not None and not is_name_like(name):
            return None
        tenths = int(groups.get("tenth") or 0) / 10
        return Header(parse_clock_time(groups["time"]) + tenths, name, groups["said"].strip())


@dataclass(frozen=True, slots=True)
class TurnHeaders:
    pattern: TurnPattern
    by_line: Mapping[int, Header]
    doubtful: tuple[DoubtfulLabel, ...] = ()


TURN_PATTERNS = (
    TurnPattern(re.compile(rf"{NAME}\s*[|,\-–—]?\s*[(\[]?{TIME}[)\]]?:?(?P<said>)")),  # Otter, Teams, Rev, Zoom
    TurnPattern(re.compile(rf"{NAME}\s*:?\s*[(\[]{TIME}[)\]]\s*:?\s+(?P<said>\S.*)")),
    TurnPattern(
        re.compile(rf"[\[(#<]\s*{TIME}(?:-(?P<tenth>\d))?\s*[\])#>]\s*[-–—|:]?\s*(?P<said>.*)")
    ),  # NVivo, MAXQDA
    TurnPattern(re.compile(rf"{LONG_TIME}\s*[-–—|:]?\s*(?P<said>.*)"), is_bare=True),  # Word, Zoom
    TurnPattern(re.compile(rf"{LONG_TIME}(?P<said>)"), is_bare=True, is_alone=True),
    TurnPattern(re.compile(rf"{TIME}(?P<said>)"), is_bare=True),
    TurnPattern(re.compile(rf"{TIME}\s*[-–—|:]?\s+(?P<said>\S.*)"), is_ambiguous=True, is_bare=True),
    TurnPattern(re.compile(rf"{NAME}\s+{TIME}\s+(?P<said>\S.*)"), is_ambiguous=True),
)


def find_headers(lines: Sequence[TextLine], corrections: Corrections) -> TurnHeaders | None:
    """The beginnings of turns in the pattern that most lines follow; None where the text names no times."""
    candidates = [headers for pattern in TURN_PATTERNS if (headers := _find_headers(lines, pattern, corrections))]
    return max(candidates, key=lambda headers: len(headers.by_line), default=None)


def _find_headers(lines: Sequence[TextLine], pattern: TurnPattern, corrections: Corrections) -> TurnHeaders | None:
    matches = {number: header for number, line in enumerate(lines) if (header := pattern.match(line.text))}
    matches = {number: header for number, header in matches.items() if header.name not in corrections.speech}
    fewest = MIN_LINE_SHARE * len(lines) if pattern.is_ambiguous else min(2.0, MIN_LINE_SHARE * len(lines))
    if min(matches, default=len(lines)) < HEAD_LINES and pattern.is_alone:
        fewest = 1
    if len(matches) < max(fewest, 1):
        return None
    strays = _find_strays(lines, matches) if len(matches) > 1 else set()
    strays = {number for number in strays if matches[number].name not in corrections.names}
    by_line = {number: header for number, header in matches.items() if number not in strays}
    if len(by_line) < max(fewest, 1) or (pattern.is_bare and _has_turns_above(lines, min(by_line))):
        return None
    return TurnHeaders(pattern, by_line, tuple(_iter_doubtful(matches, strays)))


def _find_strays(lines: Sequence[TextLine], matches: Mapping[int, Header]) -> set[int]:
    """Clock times that were said: at an unusual position, or out of order, and not after a name that comes again."""
    names = Counter(header.name for header in matches.values() if header.name)
    often = [number for number, header in matches.items() if header.name and names[header.name] > 1]
    usual = {*often, min(matches)}
    once = set(matches) - set(often)
    is_after_blank = sum(lines[number].is_after_blank for number in usual) >= USUAL_SHARE * len(usual)
    misplaced = {n for n in once if matches[n].name and is_after_blank and not lines[n].is_after_blank}
    numbers = [number for number in matches if number not in misplaced]
    times = [matches[number].time for number in numbers]
    in_order = _find_longest_ascent(times)
    late = {n for index, n in enumerate(numbers) if n in once and _is_out_of_order(index, in_order, times)}
    return misplaced | late


def _is_out_of_order(position: int, in_order: Sequence[int], times: Sequence[float]) -> bool:
    """People who talk at once are written in either order; a long run at the end is a second recording."""
    following = bisect_right(in_order, position)
    if following and in_order[following - 1] == position:
        return False
    before = times[in_order[following - 1]] if following else 0.0
    if following == len(in_order):
        return len(times) - position <= MAX_STRAY_RUN and times[position] < before - MAX_BACKWARDS_SECONDS
    after = times[in_order[following]]
    return not before - MAX_BACKWARDS_SECONDS <= times[position] <= after + MAX_BACKWARDS_SECONDS


def _find_longest_ascent(times: Sequence[float]) -> list[int]:
    """Positions of the longest run of times that never go back (patience sorting, O(n log n))."""
    tails: list[float] = []
    tail_positions: list[int] = []
    previous: list[int] = []
    for position, time in enumerate(times):
        size = bisect_right(tails, time)
        previous.append(tail_positions[size - 1] if size else -1)
        tails[size : size + 1] = [time]
        tail_positions[size : size + 1] = [position]
    chain, position = [], tail_positions[-1] if tail_positions else -1
    while position >= 0:
        chain.append(position)
        position = previous[position]
    return chain[::-1]


def _has_turns_above(lines: Sequence[TextLine], first: int) -> bool:
    again = Counter(line.text for line in lines[first:])
    labels = Counter(line.text.split(":")[0] for line in lines[first:] if ":" in line.text)
    return any(
        (again[line.text] and is_name_like(line.text))
        or (labels[line.text.split(":")[0]] and ":" in line.text and is_name_like(line.text.split(":")[0]))
        for line in lines[: max(first - 1, 0)]
    )


def _iter_doubtful(matches: Mapping[int, Header], strays: set[int]) -> Iterator[DoubtfulLabel]:
    names = Counter(header.name for header in matches.values())
    for number, header in matches.items():
        if header.name and (number in strays or (names[header.name] == 1 and len(matches) > len(names) > 1)):
            yield DoubtfulLabel(header.name, 1, number not in strays, header.said)


def _unwrap(name: str) -> str:
    return name[1:-1].strip() if name.startswith("[") and name.endswith("]") else name
