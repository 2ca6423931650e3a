"""Read transcripts in plain text: Otter, Teams, Zoom, Word, NVivo, MAXQDA, “Name: text”, or words alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from transcripts.importing.caption_files import read_timed_text
from transcripts.importing.captions import has_cues
from transcripts.importing.clock_times import parse_clock_time
from transcripts.importing.sentence_splitting import count_words
from transcripts.importing.speaker_names import find_names_before_colons, is_name_like, is_system_line, strip_name
from transcripts.importing.transcript_lines import ImportedTranscript, Utterance, build_transcript
from transcripts.importing.turn_patterns import TurnPattern, detect_turn_pattern

MAX_HEADING_WORDS = 40  # above the first turn; more than that is no heading, and is kept
SENTENCE_ENDS = '.!?…:。！？"”’)'


@dataclass(slots=True)
class _Turn:
    name: str | None
    start: float | None
    said: list[str] = field(default_factory=list)

    def to_utterance(self) -> Utterance:
        return Utterance(" ".join(" ".join(self.said).split()), self.name, self.start)


def read_text(text: str, format_name: str = "txt") -> ImportedTranscript:
    """Raises NotATranscriptError."""
    if has_cues(text):
        return read_timed_text(text, format_name)
    lines = [" ".join(line.split()) for line in text.split("\n")]
    speech = [line for line in lines if not is_system_line(line)]
    written = [line for line in speech if line]
    dropped = len(lines) - len(speech)
    layout = detect_turn_pattern(written)
    if layout is not None:
        turns = _remove_initials(_split_timed_turns(written, layout))
    elif names := find_names_before_colons(written):
        turns = _split_named_turns(written, names)
    else:
        return build_transcript(
            [Utterance(said) for said in _join_paragraphs(speech)], format_name, left_out_lines=dropped
        )
    heading, turns = _split_heading(turns)
    return build_transcript([turn.to_utterance() for turn in turns], format_name, left_out_lines=heading + dropped)


def _split_timed_turns(lines: Sequence[str], pattern: TurnPattern) -> list[_Turn]:
    """A turn for each line that begins one; the first holds what stands above them all."""
    turns = [_Turn(None, None)]
    for line in lines:
        found = pattern.match(line)
        if found is None:
            turns[-1].said.append(line)
        else:
            start = parse_clock_time(found["time"])
            turns.append(_Turn(found.groupdict().get("name"), start, [found["said"]] if found["said"] else []))
    return turns if "name" in pattern.regex.groupindex else _add_names(turns)


def _add_names(turns: Sequence[_Turn]) -> list[_Turn]:
    """Where the name does not stand before the time, it stands behind it: before a colon, or in a line of its own."""
    names = find_names_before_colons(turn.said[0] for turn in turns[1:] if turn.said)
    alone = frozenset() if names else _find_name_lines(turns[1:])
    return [turns[0], *(_add_name(turn, names, alone) for turn in turns[1:])]


def _add_name(turn: _Turn, names: frozenset[str], alone: frozenset[str]) -> _Turn:
    first, *rest = turn.said or [""]
    name, text = (first.rstrip(":"), "") if first.rstrip(":") in alone else strip_name(first, names)
    return replace(turn, name=name, said=[text, *rest])


def _find_name_lines(turns: Sequence[_Turn]) -> frozenset[str]:
    """First lines that are names: nearly every turn has one and then goes on, and few of them differ."""
    firsts = [turn.said[0].rstrip(":") for turn in turns if len(turn.said) > 1]
    names = [first for first in firsts if is_name_like(first)]
    is_usual = len(names) * 4 >= len(turns) * 3 and (len(set(names)) <= len(names) / 2 or len(names) <= 4)
    return frozenset(names) if is_usual else frozenset()


def _split_named_turns(lines: Sequence[str], names: frozenset[str]) -> list[_Turn]:
    turns = [_Turn(None, None)]
    for line in lines:
        name, text = strip_name(line, names)
        if name is None:
            turns[-1].said.append(text)
        else:
            turns.append(_Turn(name, None, [text]))
    return turns


def _remove_initials(turns: list[_Turn]) -> list[_Turn]:
    """Copied from Teams, the letters of the picture stand in the line above the name: “AS”, then “Amy Smith 0:03”."""
    for before, turn in pairwise(turns):
        initials = "".join(word[0] for word in (turn.name or "").split())
        if initials and before.said and before.said[-1] == initials.upper():
            before.said.pop()
    return turns


def _split_heading(turns: list[_Turn]) -> tuple[int, list[_Turn]]:
    """How many lines above the first turn are left out, and the turns without them."""
    first, *rest = turns
    if count_words(" ".join(first.said)) > MAX_HEADING_WORDS or not rest:
        return 0, turns
    return len(first.said), rest


def _join_paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Lines that were only broken to fit are joined: they end in no full stop, and no blank line follows."""
    held: list[str] = []
    for line in lines:
        if held and (not line or held[-1][-1] in SENTENCE_ENDS):
            yield " ".join(held)
            held = []
        held += [line] if line else []
    if held:
        yield " ".join(held)
