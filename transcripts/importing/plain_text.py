"""Read transcripts in plain text: Otter, Teams, Zoom, Word, NVivo, MAXQDA, “Name: text”, or words alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from transcripts.importing.clock_times import seconds_of
from transcripts.importing.cue_files import read_timed_text
from transcripts.importing.cues import has_cues
from transcripts.importing.layouts import Layout, layout_of
from transcripts.importing.names import is_like_a_name, is_system_line, names_before_colons, without_name
from transcripts.importing.sentences import word_count
from transcripts.importing.transcripts import Line, ReadTranscript, transcript_of

MOST_HEADING_WORDS = 40  # above the first turn; more than that is no heading, and is kept
SENTENCE_ENDS = '.!?…:。！？"”’)'


@dataclass(slots=True)
class _Turn:
    name: str | None
    start: float | None
    said: list[str] = field(default_factory=list)

    def line(self) -> Line:
        return Line(" ".join(" ".join(self.said).split()), self.name, self.start)


def read_text(text: str, format_name: str = "txt") -> ReadTranscript:
    """Raises NotATranscriptError."""
    if has_cues(text):
        return read_timed_text(text, format_name)
    lines = [" ".join(line.split()) for line in text.split("\n")]
    speech = [line for line in lines if not is_system_line(line)]
    written = [line for line in speech if line]
    dropped = len(lines) - len(speech)
    layout = layout_of(written)
    if layout is not None:
        turns = _without_initials(_timed_turns(written, layout))
    elif names := names_before_colons(written):
        turns = _named_turns(written, names)
    else:
        return transcript_of([Line(said) for said in _paragraphs(speech)], format_name, left_out=dropped)
    heading, turns = _heading(turns)
    return transcript_of([turn.line() for turn in turns], format_name, left_out=heading + dropped)


def _timed_turns(lines: Sequence[str], layout: Layout) -> list[_Turn]:
    """A turn for each line that begins one; the first holds what stands above them all."""
    turns = [_Turn(None, None)]
    for line in lines:
        found = layout.match(line)
        if found is None:
            turns[-1].said.append(line)
        else:
            start = seconds_of(found["time"])
            turns.append(_Turn(found.groupdict().get("name"), start, [found["said"]] if found["said"] else []))
    return turns if "name" in layout.pattern.groupindex else _with_names(turns)


def _with_names(turns: Sequence[_Turn]) -> list[_Turn]:
    """Where the name does not stand before the time, it stands behind it: before a colon, or in a line of its own."""
    names = names_before_colons(turn.said[0] for turn in turns[1:] if turn.said)
    alone = frozenset() if names else _names_alone(turns[1:])
    return [turns[0], *(_with_name(turn, names, alone) for turn in turns[1:])]


def _with_name(turn: _Turn, names: frozenset[str], alone: frozenset[str]) -> _Turn:
    first, *rest = turn.said or [""]
    name, text = (first.rstrip(":"), "") if first.rstrip(":") in alone else without_name(first, names)
    return replace(turn, name=name, said=[text, *rest])


def _names_alone(turns: Sequence[_Turn]) -> frozenset[str]:
    """First lines that are names: nearly every turn has one and then goes on, and few of them differ."""
    firsts = [turn.said[0].rstrip(":") for turn in turns if len(turn.said) > 1]
    names = [first for first in firsts if is_like_a_name(first)]
    is_usual = len(names) * 4 >= len(turns) * 3 and (len(set(names)) <= len(names) / 2 or len(names) <= 4)
    return frozenset(names) if is_usual else frozenset()


def _named_turns(lines: Sequence[str], names: frozenset[str]) -> list[_Turn]:
    turns = [_Turn(None, None)]
    for line in lines:
        name, text = without_name(line, names)
        if name is None:
            turns[-1].said.append(text)
        else:
            turns.append(_Turn(name, None, [text]))
    return turns


def _without_initials(turns: list[_Turn]) -> list[_Turn]:
    """Copied from Teams, the letters of the picture stand in the line above the name: “AS”, then “Amy Smith 0:03”."""
    for before, turn in pairwise(turns):
        initials = "".join(word[0] for word in (turn.name or "").split())
        if initials and before.said and before.said[-1] == initials.upper():
            before.said.pop()
    return turns


def _heading(turns: list[_Turn]) -> tuple[int, list[_Turn]]:
    """How many lines above the first turn are left out, and the turns without them."""
    first, *rest = turns
    if word_count(" ".join(first.said)) > MOST_HEADING_WORDS or not rest:
        return 0, turns
    return len(first.said), rest


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Lines that were only broken to fit are joined: they end in no full stop, and no blank line follows."""
    held: list[str] = []
    for line in lines:
        if held and (not line or held[-1][-1] in SENTENCE_ENDS):
            yield " ".join(held)
            held = []
        held += [line] if line else []
    if held:
        yield " ".join(held)
