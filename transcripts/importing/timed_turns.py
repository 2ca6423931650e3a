"""Turns of a plain text that gives times, and who speaks in each of them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from transcripts.importing.clock_times import CLOCK_PATTERN, parse_clock_time
from transcripts.importing.corrections import Corrections, LeftOutLine
from transcripts.importing.speaker_labels import SpeakerLabels, find_labels
from transcripts.importing.speaker_names import is_likely_name, is_name_like, unwrap_name
from transcripts.importing.text_lines import TextLine
from transcripts.importing.turn_patterns import TurnHeaders
from transcripts.importing.turns import SplitText, TextTurn

FEW_NAMES = 4
CLOCK_TIME = re.compile(CLOCK_PATTERN)


def split_timed_turns(lines: Sequence[TextLine], headers: TurnHeaders, corrections: Corrections) -> SplitText:
    turns = [TextTurn(None, None)]
    for number, line in enumerate(lines):
        header = headers.by_line.get(number)
        if header is None and _is_time_again(line.text, turns[-1]):
            continue
        if header is None:
            turns[-1].said.append(line.text)
        else:
            said = [header.said] if header.said else []
            turns.append(TextTurn(header.name, header.time, said, is_beside_time=bool(said)))
    if headers.pattern.has_name:
        initials = list(_iter_initials(turns, corrections))
        return SplitText(turns, headers.doubtful, tuple(initials))
    return _add_names(turns, corrections)


def _is_time_again(line: str, turn: TextTurn) -> bool:
    return not turn.said and CLOCK_TIME.fullmatch(line) is not None and parse_clock_time(line) == turn.start


def _add_names(turns: list[TextTurn], corrections: Corrections) -> SplitText:
    labels = find_labels((line for turn in turns[1:] for line in turn.said), corrections)
    if labels.names:
        return SplitText(list(_split_by_labels(turns, labels)), labels.doubtful)
    above = _find_names_above(turns, corrections)
    if above:
        return SplitText(_add_names_above(turns, above), labels.doubtful)
    below = (_find_names_below(turns[1:]) | corrections.names) - corrections.speech
    return SplitText([turns[0], *_add_names_below(turns[1:], below)], labels.doubtful)


def _split_by_labels(turns: Sequence[TextTurn], labels: SpeakerLabels) -> Iterator[TextTurn]:
    """Google Meet has many speakers under one time. Where no name is written, the last speaker continues."""
    speaker: str | None = None
    for turn in turns:
        part = replace(turn, name=speaker if turn.start is not None else None, said=[])
        for line in turn.said:
            name, text = labels.split(line)
            if name is not None:
                speaker = name
                yield from [part] if part.said or part.start is None else []
                part = TextTurn(name, part.start if not part.said else None)
            part.said.append(text)
        yield part


def _find_names_above(turns: Sequence[TextTurn], corrections: Corrections) -> frozenset[str]:
    lasts = [last for turn in turns[:-1] if (last := _get_last_line(turn)) and is_name_like(last)]
    if not is_name_like(_get_last_line(turns[0])):
        return frozenset()
    counts = Counter(lasts)
    names = {name for name, count in counts.items() if count > 1 or is_likely_name(name)}
    is_usual = len(names) > 1 or counts.total() > 1
    return (frozenset(names if is_usual else ()) | corrections.names) - corrections.speech


def _get_last_line(turn: TextTurn) -> str:
    return unwrap_name(turn.said[-1]) if len(turn.said) > turn.is_beside_time else ""


def _add_names_above(turns: list[TextTurn], names: frozenset[str]) -> list[TextTurn]:
    speaker: str | None = None
    for before, turn in pairwise(turns):
        if _get_last_line(before) in names:
            speaker = unwrap_name(before.said.pop())
        turn.name = speaker
    return turns


def _find_names_below(turns: Sequence[TextTurn]) -> frozenset[str]:
    firsts = [turn.said[0].rstrip(":") for turn in turns if len(turn.said) > 1]
    names = [first for first in firsts if is_name_like(first)]
    is_usual = len(names) * 4 >= len(turns) * 3 and (len(set(names)) <= len(names) / 2 or len(names) <= FEW_NAMES)
    return frozenset(names) if is_usual else frozenset()


def _add_names_below(turns: Sequence[TextTurn], names: frozenset[str]) -> Iterator[TextTurn]:
    speaker: str | None = None
    for turn in turns:
        first = turn.said[0].rstrip(":") if turn.said else ""
        is_named = first in names
        speaker = first if is_named else speaker
        yield replace(turn, name=speaker, said=turn.said[1:] if is_named else turn.said)


def _iter_initials(turns: list[TextTurn], corrections: Corrections) -> Iterator[LeftOutLine]:
    """Removes initials that copying from Teams leaves above the name: “AS” above “Amy Smith 0:03”."""
    for before, turn in pairwise(turns):
        initials = "".join(word[0] for word in (turn.name or "").split()).upper()
        if initials and before.said and before.said[-1] == initials and initials not in corrections.restored:
            yield LeftOutLine(before.said.pop())
