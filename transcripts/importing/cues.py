"""Cues of WebVTT and SRT: a time, then lines, until the next time. Captions that roll are said once, not twice."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from transcripts.importing.clock_times import CLOCK, seconds_of

TIMING = re.compile(rf"\s*(?P<start>{CLOCK})\s*--+>\s*(?P<end>{CLOCK})(?:\s.*)?")
ROLLING = 0.3  # of neighbouring cues repeat one another: the file is a screen that rolls
FEWEST_ROLLING = 3
TOUCHING_SECONDS = 1.0  # a caption that is shown on is not interrupted for longer
MOST_SHOWN_LINES = 8  # of a screen that rolls


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
    return [_cue(timing, said) for timing, said in found]


def said_once(cues: Sequence[Cue]) -> list[Cue]:
    """Without what a cue repeats of the one before: always a copy at the same time, the rest where the screen rolls."""
    single = [cue for before, cue in zip([None, *cues], cues, strict=False) if not _is_copy(before, cue)]
    if not _rolls(single):
        return single
    kept: list[Cue] = []
    shown: tuple[str, ...] = ()
    for cue in single:
        new = _new_words(shown, cue.lines) if kept and _touch(kept[-1], cue) else cue.lines
        shown = cue.lines
        if kept and not new:
            kept[-1] = replace(kept[-1], end=max(kept[-1].end, cue.end))
        elif new:
            kept.append(replace(cue, lines=new))
    return kept


def _cue(timing: re.Match[str], said: Sequence[str]) -> Cue:
    return Cue(seconds_of(timing["start"]), seconds_of(timing["end"]), tuple(line for line in said if line))


def _is_id(lines: Sequence[str], at: int) -> bool:
    """The line before a time: a number, or anything that stands alone after a blank line."""
    if at < 0 or not lines[at].strip():
        return False
    return lines[at].strip().isdigit() or (at > 0 and not lines[at - 1].strip())


def _is_copy(before: Cue | None, cue: Cue) -> bool:
    return before is not None and (before.start, before.end, before.text) == (cue.start, cue.end, cue.text)


def _rolls(cues: Sequence[Cue]) -> bool:
    repeating = sum(_touch(one, other) and _repeats(one.lines, other.lines) for one, other in pairwise(cues))
    return repeating >= max(FEWEST_ROLLING, ROLLING * (len(cues) - 1))


def _repeats(shown: tuple[str, ...], lines: tuple[str, ...]) -> bool:
    """Short answers may be given twice: what counts shows something new beside the old, or is long."""
    new = _new_words(shown, lines)
    return new != lines and (bool(new) or len(" ".join(lines).split()) > 3)


def _touch(one: Cue, other: Cue) -> bool:
    return other.start <= one.end + TOUCHING_SECONDS and one.speaker == other.speaker


def _new_words(shown: tuple[str, ...], lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines without the last ones shown that they begin with, or without the words that they let grow."""
    for size in range(min(len(shown), len(lines), MOST_SHOWN_LINES), 0, -1):
        if shown[-size:] == lines[:size]:
            return lines[size:]
    old, now = " ".join(shown).split(), " ".join(lines).split()
    if old and now[: len(old)] == old:
        rest = " ".join(now[len(old) :])
        return (rest,) if rest else ()
    return lines
