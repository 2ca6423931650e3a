"""Read WebVTT (W3C WebVTT: The Web Video Text Tracks Format) and SRT, as Zoom, Teams, YouTube and others write them."""

import html
import re
from collections.abc import Iterator, Sequence

from transcripts.importing.captions import Cue, read_cues, remove_repeats
from transcripts.importing.sentence_splitting import count_words
from transcripts.importing.speaker_names import USUAL_SHARE, find_names_before_colons, is_name_like, strip_name
from transcripts.importing.transcript_lines import ImportedTranscript, Utterance, build_transcript

COMMENT_BLOCK = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")
LANGUAGE_LINE = re.compile(r"(?:NOTE\s+)?language:\s*(?P<code>[A-Za-z]{2,3})\b", re.IGNORECASE)
VOICE_TAG = re.compile(r"<v(?:\.[^\s<>]*+)?+(?:\s++(?P<name>[^<>]*+))?+>", re.IGNORECASE)  # never goes back
TAG = re.compile(r"</?(?:[a-z]{1,5}(?:[.\s][^<>]{0,200})?|\d[\d:.]{3,14})>|\{\\[^{}]{0,80}\}", re.IGNORECASE)
HEAD_LINES = 40  # where a language may stand
MIN_NAMED_CUES = 3


def read_vtt(text: str) -> ImportedTranscript:
    lines = text.split("\n")
    language = next(
        (found["code"].lower() for line in lines[:HEAD_LINES] if (found := LANGUAGE_LINE.match(line))), "en"
    )
    return _read_cue_lines(_strip_comments(lines), "vtt", language)


def read_srt(text: str) -> ImportedTranscript:
    return _read_cue_lines(text.split("\n"), "srt", "en")


def read_timed_text(text: str, format_name: str) -> ImportedTranscript:
    """Times with arrows in plain text or Word, where the first line of a cue may be the speaker's name."""
    return _read_cue_lines(text.split("\n"), format_name, "en")


def _read_cue_lines(lines: Sequence[str], format_name: str, language: str) -> ImportedTranscript:
    cues = [voice for cue in read_cues(lines) for voice in _split_voices(cue)]
    named = list(_assign_names(cues)) if all(cue.speaker is None for cue in cues) else cues
    said = [Utterance(cue.text, cue.speaker, cue.start, cue.end) for cue in remove_repeats(named)]
    return build_transcript(said, format_name, language=language)


def _strip_comments(lines: Sequence[str]) -> list[str]:
    """Comments, styles and regions last until the next blank line."""
    kept, is_comment = [], False
    for number, line in enumerate(lines):
        if not line.strip():
            is_comment = False
        elif not lines[number - 1].strip() and COMMENT_BLOCK.match(line):
            is_comment = True
        if not is_comment:
            kept.append(line)
    return kept


def _split_voices(cue: Cue) -> list[Cue]:
    """A cue for each voice in it."""
    parts = VOICE_TAG.split("\n".join(cue.lines))
    said = [(None, parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    return _share_time(cue, [(_clean_name(speaker), lines) for speaker, text in said if (lines := _clean_lines(text))])


def _assign_names(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Cues by the names that stand in their text; who goes on is not named again."""
    above = _has_names_above(cues)
    names = frozenset(cue.lines[0] for cue in cues) if above else find_names_before_colons(cue.text for cue in cues)
    speaker: str | None = None
    for cue in cues:
        turns: list[tuple[str | None, list[str]]] = []
        for line in cue.lines:
            name, text = (line, "") if above and line in names else strip_name(line, names)
            if name is not None or not turns:
                speaker = name or speaker
                turns.append((speaker, []))
            turns[-1][1].extend([text] if text else [])
        yield from _share_time(cue, [(name, tuple(said)) for name, said in turns if said])


def _has_names_above(cues: Sequence[Cue]) -> bool:
    """Teams once wrote the name as a line of its own: then the first lines are few and come again and again."""
    firsts = [cue.lines[0] for cue in cues if len(cue.lines) > 1 and is_name_like(cue.lines[0])]
    return len(firsts) >= max(USUAL_SHARE * len(cues), MIN_NAMED_CUES) and len(set(firsts)) <= len(firsts) / 2


def _share_time(cue: Cue, turns: Sequence[tuple[str | None, tuple[str, ...]]]) -> list[Cue]:
    """Several people in one cue share its time by their words."""
    counts = [max(count_words(" ".join(lines)), 1) for _, lines in turns]
    each, done = (cue.end - cue.start) / max(sum(counts), 1), 0
    shared: list[Cue] = []
    for (speaker, lines), count in zip(turns, counts, strict=True):
        start, end = cue.start + done * each, cue.start + (done + count) * each
        shared.append(Cue(start, cue.end if len(shared) == len(turns) - 1 else end, lines, speaker))
        done += count
    return shared


def _clean_lines(text: str) -> tuple[str, ...]:
    bare = (" ".join(html.unescape(TAG.sub("", line)).split()) for line in text.split("\n"))
    return tuple(line for line in bare if line)


def _clean_name(speaker: str | None) -> str | None:
    return " ".join(html.unescape(speaker or "").split()) or None
