"""Read WebVTT (W3C WebVTT: The Web Video Text Tracks Format) and SRT, as Zoom, Teams, YouTube and others write them."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from transcripts.importing.captions import Cue, find_lines_above, read_cues, remove_repeats
from transcripts.importing.corrections import NO_CORRECTIONS, Corrections, DoubtfulLabel, LeftOutLine
from transcripts.importing.sentence_splitting import count_words
from transcripts.importing.speaker_labels import SpeakerLabels, find_labels
from transcripts.importing.speaker_names import is_likely_name, is_name_like
from transcripts.importing.transcript_lines import ImportedTranscript, Utterance, build_transcript

COMMENT_BLOCK = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")
LANGUAGE_LINE = re.compile(r"(?:NOTE\s+)?language:\s*(?P<code>[A-Za-z]{2,3})\b", re.IGNORECASE)
VOICE_TAG = re.compile(r"<v(?:\.[^\s<>]*+)?+(?:\s++(?P<name>[^<>]*+))?+>", re.IGNORECASE)  # never goes back
BREAK_TAG = re.compile(r"<br\s{0,3}/?>", re.IGNORECASE)
TAG = re.compile(
    r"</?(?:[a-z]{1,5}(?:\.[^<>@]{0,200}|\s[^<>@]{0,200})?|\d[\d:.]{3,14})>|\{\\[^{}]{0,80}\}", re.IGNORECASE
)
NAME_IN_BRACKETS = re.compile(r"\((?P<name>[^()]{1,120}(?:\([^()]*\))?)\)")  # Google Meet: “(Ann Example)”
HEAD_LINES = 40  # that may name a language
USUAL_SHARE = 0.5
MIN_NAMED_CUES = 3


def read_vtt(text: str, corrections: Corrections = NO_CORRECTIONS) -> ImportedTranscript:
    lines = text.split("\n")
    language = next(
        (match["code"].lower() for line in lines[:HEAD_LINES] if (match := LANGUAGE_LINE.match(line))), "en"
    )
    return _read_cue_lines(_strip_comments(lines), "vtt", language, corrections)


def read_srt(text: str, corrections: Corrections = NO_CORRECTIONS) -> ImportedTranscript:
    return read_timed_text(text, "srt", corrections)


def read_timed_text(text: str, format_name: str, corrections: Corrections = NO_CORRECTIONS) -> ImportedTranscript:
    lines = text.split("\n")
    above = [line for line in find_lines_above(lines) if not line.upper().startswith("WEBVTT")]
    said = " ".join(line for line in above if line in corrections.restored)
    read = _read_cue_lines(lines, format_name, "en", corrections, said_above=said)
    return replace(read, left_out=tuple(LeftOutLine(line) for line in above if line not in corrections.restored))


def _read_cue_lines(
    lines: Sequence[str], format_name: str, language: str, corrections: Corrections, *, said_above: str = ""
) -> ImportedTranscript:
    cues = [voice for cue in read_cues(lines) for voice in _split_voices(cue)]
    doubtful: tuple[DoubtfulLabel, ...] = ()
    if all(cue.speaker is None for cue in cues):
        cues, doubtful = _assign_names(cues, corrections)
    said = [Utterance(said_above, None, 0.0, cues[0].start if cues else 0.0)] if said_above else []
    said += [Utterance(cue.text, cue.speaker, cue.start, cue.end) for cue in remove_repeats(cues)]
    return build_transcript(said, format_name, language=language, doubtful=doubtful, corrections=corrections)


def _strip_comments(lines: Sequence[str]) -> list[str]:
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
    parts = VOICE_TAG.split("\n".join(cue.lines))
    said = [(cue.speaker, parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    return _share_time(cue, [(_clean_name(speaker), lines) for speaker, text in said if (lines := _clean_lines(text))])


def _assign_names(cues: Sequence[Cue], corrections: Corrections) -> tuple[list[Cue], tuple[DoubtfulLabel, ...]]:
    cues = _unwrap_bracketed_names(cues)
    labels = find_labels((line for cue in cues for line in cue.lines[:1] or ("",)), corrections)
    others = find_labels((line for cue in cues for line in cue.lines), corrections)
    labels = replace(labels, names=labels.names | (others.names if labels.names else frozenset()) - corrections.speech)
    above = _find_names_above(cues, corrections) if not labels.names else frozenset()
    return list(_iter_named_cues(cues, labels, above)), labels.doubtful


def _iter_named_cues(cues: Sequence[Cue], labels: SpeakerLabels, above: frozenset[str]) -> Iterator[Cue]:
    speaker: str | None = None
    for cue in cues:
        turns: list[tuple[str | None, list[str]]] = []
        for line in cue.lines:
            name, text = (line, "") if line in above else labels.split(line)
            if name is not None or not turns:
                speaker = name or speaker
                turns.append((speaker, []))
            turns[-1][1].extend([text] if text else [])
        yield from _share_time(cue, [(name, tuple(said)) for name, said in turns if said])


def _find_names_above(cues: Sequence[Cue], corrections: Corrections) -> frozenset[str]:
    """Teams once wrote the name as a line of its own: few first lines that come again and again, or only full names."""
    firsts = [cue.lines[0] for cue in cues if len(cue.lines) > 1 and is_name_like(cue.lines[0])]
    is_repeated = len(firsts) >= max(USUAL_SHARE * len(cues), MIN_NAMED_CUES) and len(set(firsts)) <= len(firsts) / 2
    is_full = len(firsts) == len(cues) > 1 and all(is_likely_name(first) for first in firsts)
    names = frozenset(firsts) if is_repeated or is_full else frozenset()
    return (names | corrections.names) - corrections.speech


def _unwrap_bracketed_names(cues: Sequence[Cue]) -> list[Cue]:
    """Google Meet: “(Name)” on a line of its own becomes “Name:” before what follows; “-” between voices is removed."""
    bracketed = [
        cue for cue in cues if (match := NAME_IN_BRACKETS.fullmatch(cue.lines[0])) and is_likely_name(match["name"])
    ]
    if len(bracketed) < max(USUAL_SHARE * len(cues), 2):
        return list(cues)
    return [replace(cue, lines=tuple(_iter_unwrapped(cue.lines))) for cue in cues]


def _iter_unwrapped(lines: Sequence[str]) -> Iterator[str]:
    name = ""
    for line in lines:
        match = NAME_IN_BRACKETS.fullmatch(line)
        if match and is_name_like(match["name"]):
            name = f"{match['name']}: "
        elif line.strip("-–— "):
            yield name + line
            name = ""


def _share_time(cue: Cue, turns: Sequence[tuple[str | None, tuple[str, ...]]]) -> list[Cue]:
    counts = [max(count_words(" ".join(lines)), 1) for _, lines in turns]
    each, done = (cue.end - cue.start) / max(sum(counts), 1), 0
    shared: list[Cue] = []
    for (speaker, lines), count in zip(turns, counts, strict=True):
        start, end = cue.start + done * each, cue.start + (done + count) * each
        shared.append(Cue(start, cue.end if len(shared) == len(turns) - 1 else end, lines, speaker))
        done += count
    return shared


def _clean_lines(text: str) -> tuple[str, ...]:
    broken = BREAK_TAG.sub("\n", text)
    bare = (" ".join(html.unescape(TAG.sub("", line)).split()) for line in broken.split("\n"))
    return tuple(line for line in bare if line)


def _clean_name(speaker: str | None) -> str | None:
    return " ".join(html.unescape(speaker or "").split()) or None
