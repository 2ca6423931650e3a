"""Cues of WebVTT and SRT: a time, then lines, until the next time. Captions that roll are said once, not twice."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from transcripts.importing.clock_times import CLOCK_PATTERN, parse_clock_time

CONSOLE_TIME = rf"(?:{CLOCK_PATTERN}|\d{{1,6}}\.\d{{1,3}}s)"  # faster-whisper prints seconds
TIMING = re.compile(
    rf"\s*(?:(?P<start>{CLOCK_PATTERN})\s*--+>\s*(?P<end>{CLOCK_PATTERN})(?:\s.*)?"
    rf"|\[(?P<boxed_start>{CONSOLE_TIME})\s*-+>\s*(?P<boxed_end>{CONSOLE_TIME})\]\s*(?P<said>.*))"
)
NAMED_ID = re.compile(r"\d+\s+\"(?P<name>.+)\"\s*(?:\(\d*\))?")  # Webex: 2 "Bob Sample" (2049284352)
MIN_ROLLING_SHARE = 0.3  # of neighbouring cues repeat one another: the file is a screen that rolls
MIN_ROLLING_CUES = 3
MIN_GROWING_SHARE = 0.25  # of those repeats show something new as well; else a recogniser repeated itself
MAX_GAP_SECONDS = 1.0  # a caption that is shown on is not interrupted for longer
MAX_SHOWN_LINES = 8  # of a screen that rolls


@dataclass(frozen=True, slots=True)
class Cue:
    start: float
    end: float
    lines: tuple[str, ...]
    speaker: str | None = None

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.lines).split())


def has_cues(text: str) -> bool:
    return any(TIMING.fullmatch(line) for line in text.split("\n"))


def read_cues(lines: Sequence[str]) -> list[Cue]:
    """All lines after a time belong to it, blank lines or not, except the next cue's own number or id."""
    blocks: list[_Block] = []
    above: list[str] = []
    for number, line in enumerate(lines):
        timing = TIMING.fullmatch(line)
        if timing is not None:
            id_line = _pop_id(lines, number, blocks[-1].lines if blocks else above, blocks[-1].id if blocks else "")
            blocks.append(_Block(timing, id_line, [timing["said"] or ""]))
        elif blocks:
            blocks[-1].lines.append(line.strip())
    return [block.build_cue() for block in blocks]


def find_lines_above(lines: Sequence[str]) -> list[str]:
    first = next((number for number, line in enumerate(lines) if TIMING.fullmatch(line)), 0)
    above = [line.strip() for line in lines[:first]]
    if above and (above[-1].isdigit() or NAMED_ID.fullmatch(above[-1])):
        above.pop()
    return [line for line in above if line]


def remove_repeats(cues: Sequence[Cue]) -> list[Cue]:
    """A copy at the same time is always removed, other repeated text only where the captions roll."""
    single = [cue for before, cue in zip([None, *cues], cues, strict=False) if not _is_copy(before, cue)]
    if not _is_rolling(single):
        return single
    kept: list[Cue] = []
    shown: tuple[str, ...] = ()
    for cue in single:
        new = _find_new_lines(shown, cue.lines) if kept and _is_adjacent(kept[-1], cue) else cue.lines
        shown = cue.lines
        if kept and not new:
            kept[-1] = replace(kept[-1], end=max(kept[-1].end, cue.end))
        elif new:
            kept.append(replace(cue, lines=new))
    return kept


@dataclass(slots=True)
class _Block:
    timing: re.Match[str]
    id: str
    lines: list[str]

    def build_cue(self) -> Cue:
        start, end = self.timing["start"] or self.timing["boxed_start"], self.timing["end"] or self.timing["boxed_end"]
        named = NAMED_ID.fullmatch(self.id)
        lines = tuple(line for line in self.lines if line)
        return Cue(parse_clock_time(start), parse_clock_time(end), lines, named["name"].strip() if named else None)


def _pop_id(lines: Sequence[str], number: int, said: list[str], previous: str) -> str:
    line = lines[number - 1].strip() if number else ""
    if not line or TIMING.fullmatch(line) or not _is_id(lines, number - 1, previous):
        return ""
    if said:
        said.pop()
    return line


def _is_id(lines: Sequence[str], position: int, previous: str) -> bool:
    line = lines[position].strip()
    if line.isdigit() and previous.isdigit():
        return int(line) == int(previous) + 1 or not lines[position - 1].strip()
    return line.isdigit() or position == 0 or not lines[position - 1].strip()


def _is_copy(before: Cue | None, cue: Cue) -> bool:
    return before is not None and (before.start, before.end, before.text) == (cue.start, cue.end, cue.text)


def _is_rolling(cues: Sequence[Cue]) -> bool:
    repeats = [
        bool(_find_new_lines(one.lines, other.lines))
        for one, other in pairwise(cues)
        if _is_adjacent(one, other) and _is_repeat(one.lines, other.lines)
    ]
    is_usual = len(repeats) >= max(MIN_ROLLING_CUES, MIN_ROLLING_SHARE * (len(cues) - 1))
    return is_usual and sum(repeats) >= MIN_GROWING_SHARE * len(repeats)


def _is_repeat(shown: tuple[str, ...], lines: tuple[str, ...]) -> bool:
    """Short answers may be given twice, so a repeat has to be long or show something new beside the old text."""
    new = _find_new_lines(shown, lines)
    return new != lines and (bool(new) or len(" ".join(lines).split()) > 3)


def _is_adjacent(one: Cue, other: Cue) -> bool:
    return other.start <= one.end + MAX_GAP_SECONDS and one.speaker == other.speaker


def _find_new_lines(shown: tuple[str, ...], lines: tuple[str, ...]) -> tuple[str, ...]:
    for size in range(min(len(shown), len(lines), MAX_SHOWN_LINES), 0, -1):
        if shown[-size:] == lines[:size]:
            return lines[size:]
    old, now = " ".join(shown).split(), " ".join(lines).split()
    if old and now[: len(old)] == old:
        rest = " ".join(now[len(old) :])
        return (rest,) if rest else ()
    return lines
