"""Cues of WebVTT and SRT: a time, then lines, until the next time. Captions that roll are said once, not twice."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from transcripts.importing.clock_times import CLOCK_PATTERN, parse_clock_time

TIMING = re.compile(rf"\s*(?P<start>{CLOCK_PATTERN})\s*--+>\s*(?P<end>{CLOCK_PATTERN})(?:\s.*)?")
MIN_ROLLING_SHARE = 0.3  # of neighbouring cues repeat one another: the file is a screen that rolls
MIN_ROLLING_CUES = 3
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
    """Everything after a time is said then, blank lines or not; only the next cue's own number or id is not."""
    found: list[tuple[re.Match[str], list[str]]] = []
    for number, line in enumerate(lines):
        timing = TIMING.fullmatch(line)
        if timing is not None:
            if found and _is_id(lines, number - 1):
                found[-1][1].pop()
            found.append((timing, []))
        elif found:
            found[-1][1].append(line.strip())
    return [_build_cue(timing, said) for timing, said in found]


def remove_repeats(cues: Sequence[Cue]) -> list[Cue]:
    """Without what a cue repeats of the one before: always a copy at the same time, the rest where the screen rolls."""
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


def _build_cue(timing: re.Match[str], lines: Sequence[str]) -> Cue:
    return Cue(
        parse_clock_time(timing["start"]), parse_clock_time(timing["end"]), tuple(line for line in lines if line)
    )


def _is_id(lines: Sequence[str], at: int) -> bool:
    """The line before a time: a number, or anything that stands alone after a blank line."""
    if at < 0 or not lines[at].strip():
        return False
    return lines[at].strip().isdigit() or (at > 0 and not lines[at - 1].strip())


def _is_copy(before: Cue | None, cue: Cue) -> bool:
    return before is not None and (before.start, before.end, before.text) == (cue.start, cue.end, cue.text)


def _is_rolling(cues: Sequence[Cue]) -> bool:
    repeating = sum(_is_adjacent(one, other) and _is_repeat(one.lines, other.lines) for one, other in pairwise(cues))
    return repeating >= max(MIN_ROLLING_CUES, MIN_ROLLING_SHARE * (len(cues) - 1))


def _is_repeat(shown: tuple[str, ...], lines: tuple[str, ...]) -> bool:
    """Short answers may be given twice: what counts shows something new beside the old, or is long."""
    new = _find_new_lines(shown, lines)
    return new != lines and (bool(new) or len(" ".join(lines).split()) > 3)


def _is_adjacent(one: Cue, other: Cue) -> bool:
    return other.start <= one.end + MAX_GAP_SECONDS and one.speaker == other.speaker


def _find_new_lines(shown: tuple[str, ...], lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines without the last ones shown that they begin with, or without the words that they let grow."""
    for size in range(min(len(shown), len(lines), MAX_SHOWN_LINES), 0, -1):
        if shown[-size:] == lines[:size]:
            return lines[size:]
    old, now = " ".join(shown).split(), " ".join(lines).split()
    if old and now[: len(old)] == old:
        rest = " ".join(now[len(old) :])
        return (rest,) if rest else ()
    return lines
