"""Read WebVTT (W3C WebVTT: The Web Video Text Tracks Format) and SRT, as Zoom, Teams, YouTube and others write them."""

import html
import re
from collections.abc import Iterator, Sequence

from transcripts.importing.cues import Cue, read_cues, said_once
from transcripts.importing.names import MOSTLY, is_like_a_name, names_before_colons, without_name
from transcripts.importing.sentences import word_count
from transcripts.importing.transcripts import Line, ReadTranscript, transcript_of

NOT_SAID = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")
LANGUAGE = re.compile(r"(?:NOTE\s+)?language:\s*(?P<code>[A-Za-z]{2,3})\b", re.IGNORECASE)
VOICE = re.compile(r"<v(?:\.[^\s<>]*+)?+(?:\s++(?P<name>[^<>]*+))?+>", re.IGNORECASE)  # never goes back
TAG = re.compile(r"</?(?:[a-z]{1,5}(?:[.\s][^<>]{0,200})?|\d[\d:.]{3,14})>|\{\\[^{}]{0,80}\}", re.IGNORECASE)
HEAD_LINES = 40  # where a language may stand
FEWEST_NAMED = 3


def read_vtt(text: str) -> ReadTranscript:
    lines = text.split("\n")
    language = next((found["code"].lower() for line in lines[:HEAD_LINES] if (found := LANGUAGE.match(line))), "en")
    return _read(_without_comments(lines), "vtt", language)


def read_srt(text: str) -> ReadTranscript:
    return _read(text.split("\n"), "srt", "en")


def read_timed_text(text: str, format_name: str) -> ReadTranscript:
    """Times with arrows in plain text or Word, where the first line of a cue may be the speaker's name."""
    return _read(text.split("\n"), format_name, "en")


def _read(lines: Sequence[str], format_name: str, language: str) -> ReadTranscript:
    cues = [voice for cue in read_cues(lines) for voice in _voices(cue)]
    named = list(_named(cues)) if all(cue.speaker is None for cue in cues) else cues
    said = [Line(cue.text, cue.speaker, cue.start, cue.end) for cue in said_once(named)]
    return transcript_of(said, format_name, language=language)


def _without_comments(lines: Sequence[str]) -> list[str]:
    """Comments, styles and regions last until the next blank line."""
    kept, is_comment = [], False
    for number, line in enumerate(lines):
        if not line.strip():
            is_comment = False
        elif not lines[number - 1].strip() and NOT_SAID.match(line):
            is_comment = True
        if not is_comment:
            kept.append(line)
    return kept


def _voices(cue: Cue) -> list[Cue]:
    """A cue for each voice in it."""
    parts = VOICE.split("\n".join(cue.lines))
    said = [(None, parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    return _shared_out(cue, [(_name(speaker), lines) for speaker, text in said if (lines := _plain_lines(text))])


def _named(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Cues by the names that stand in their text; who goes on is not named again."""
    above = _has_names_above(cues)
    names = frozenset(cue.lines[0] for cue in cues) if above else names_before_colons(cue.text for cue in cues)
    speaker: str | None = None
    for cue in cues:
        turns: list[tuple[str | None, list[str]]] = []
        for line in cue.lines:
            name, text = (line, "") if above and line in names else without_name(line, names)
            if name is not None or not turns:
                speaker = name or speaker
                turns.append((speaker, []))
            turns[-1][1].extend([text] if text else [])
        yield from _shared_out(cue, [(name, tuple(said)) for name, said in turns if said])


def _has_names_above(cues: Sequence[Cue]) -> bool:
    """Teams once wrote the name as a line of its own: then the first lines are few and come again and again."""
    firsts = [cue.lines[0] for cue in cues if len(cue.lines) > 1 and is_like_a_name(cue.lines[0])]
    return len(firsts) >= max(MOSTLY * len(cues), FEWEST_NAMED) and len(set(firsts)) <= len(firsts) / 2


def _shared_out(cue: Cue, turns: Sequence[tuple[str | None, tuple[str, ...]]]) -> list[Cue]:
    """Several people in one cue share its time by their words."""
    counts = [max(word_count(" ".join(lines)), 1) for _, lines in turns]
    each, done = (cue.end - cue.start) / max(sum(counts), 1), 0
    shared: list[Cue] = []
    for (speaker, lines), count in zip(turns, counts, strict=True):
        start, end = cue.start + done * each, cue.start + (done + count) * each
        shared.append(Cue(start, cue.end if len(shared) == len(turns) - 1 else end, lines, speaker))
        done += count
    return shared


def _plain_lines(text: str) -> tuple[str, ...]:
    bare = (" ".join(html.unescape(TAG.sub("", line)).split()) for line in text.split("\n"))
    return tuple(line for line in bare if line)


def _name(speaker: str | None) -> str | None:
    return " ".join(html.unescape(speaker or "").split()) or None
