"""Lines as a file has them, and the transcript that becomes of them: times checked or spread, names made letters."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from transcripts.importing.clock_times import as_clock
from transcripts.importing.refusals import (
    NO_TIME,
    NO_WORDS,
    TOO_MANY_SPEAKERS,
    TOO_MANY_WORDS,
    NotATranscriptError,
)
from transcripts.importing.sentences import pieces_of, word_count
from transcripts.spoken import SpokenSegment, SpokenTranscript

WORDS_PER_MINUTE = 150.0  # conversational English; used only where a file gives no times
LONGEST_SECONDS = 24 * 3600.0
MOST_BACKWARDS_SECONDS = 30.0  # people who talk at once are written in either order
MOST_WORDS = 300_000  # a talk of more than 30 hours
MOST_SEGMENTS = 50_000  # one every two seconds, for a day
MOST_SPEAKERS = 60  # each gets a question on the page
SHORTEST_SECONDS = 0.01
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class KnownTimes(StrEnum):
    EXACT = "exact"  # each segment has its own
    TURNS = "turns"  # the file says when each turn began
    ESTIMATED = "estimated"  # it says nothing


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody says without a break. Times in seconds; None: the file does not say."""

    text: str
    speaker: str | None = None  # the name, which goes no further than this package
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class ReadTranscript:
    spoken: SpokenTranscript
    format: str  # "vtt", "srt", "docx", "txt", "json"
    times: KnownTimes
    left_out: int = 0  # lines that are headings or notes of the tool, not speech


@dataclass(frozen=True, slots=True)
class SpeakerShare:
    letter: str | None  # None: words of which nobody knows who said them
    share: float  # of all words, 0..1
    sample: str  # the first words of some length


def transcript_of(
    lines: Sequence[Line], format_name: str, *, language: str = "en", left_out: int = 0
) -> ReadTranscript:
    """Raises NotATranscriptError when nothing is said, or when its times cannot be true."""
    said = [line for line in lines if word_count(line.text)]
    if not said:
        raise NotATranscriptError(NO_WORDS)
    if sum(word_count(line.text) for line in said) > MOST_WORDS:
        raise NotATranscriptError(TOO_MANY_WORDS)
    times = _known_times(said)
    timed = list(_with_times(said, times))
    letters = letters_of(line.speaker for line in timed)
    _refuse_crowds(len(timed), len(letters))
    segments = tuple(
        SpokenSegment(number, line.start or 0.0, line.end or 0.0, line.text, letters.get(line.speaker))
        for number, line in enumerate(timed)
    )
    duration = max(segment.end for segment in segments)
    return ReadTranscript(SpokenTranscript(language, duration, "", segments), format_name, times, left_out)


def _refuse_crowds(segments: int, speakers: int) -> None:
    if segments > MOST_SEGMENTS:
        raise NotATranscriptError(TOO_MANY_WORDS)
    if speakers > MOST_SPEAKERS:
        raise NotATranscriptError(TOO_MANY_SPEAKERS.format(most=MOST_SPEAKERS))


def letters_of(speakers: Iterable[str | None]) -> dict[str | None, str]:
    """ "A", "B"... in the order of appearance, after "Z" "AA"."""
    names = list(dict.fromkeys(name for name in speakers if name))
    return {name: _letter(number) for number, name in enumerate(names)}


def speaker_shares(spoken: SpokenTranscript) -> list[SpeakerShare]:
    """How much each speaker says, in the order of appearance."""
    words: Counter[str | None] = Counter()
    samples: dict[str | None, str] = {}
    for segment in spoken.segments:
        words[segment.speaker] += word_count(segment.text)
        if len(segment.text) > len(samples.get(segment.speaker, "")) and len(samples.get(segment.speaker, "")) < 40:
            samples[segment.speaker] = segment.text
    total = words.total() or 1
    return [SpeakerShare(letter, count / total, samples[letter]) for letter, count in words.items()]


def _letter(number: int) -> str:
    first, last = divmod(number, len(LETTERS))
    return (_letter(first - 1) if first else "") + LETTERS[last]


def _known_times(lines: Sequence[Line]) -> KnownTimes:
    if all(line.start is not None and line.end is not None for line in lines):
        return KnownTimes.EXACT
    return KnownTimes.ESTIMATED if all(line.start is None for line in lines) else KnownTimes.TURNS


def _with_times(lines: Sequence[Line], times: KnownTimes) -> Iterator[Line]:
    if times is KnownTimes.EXACT:
        yield from _in_order(lines)
    elif times is KnownTimes.TURNS:
        yield from _spread_in_turns(_in_order(lines))
    else:
        yield from _spread(lines, 0.0, None)


def _in_order(lines: Sequence[Line]) -> list[Line]:
    """By their beginning; lines without one stay behind the line before. Raises NotATranscriptError."""
    placed, latest = [], 0.0
    for number, line in enumerate(lines):
        start = latest if line.start is None else line.start
        _refuse_impossible(line, start, latest)
        latest = max(latest, start)
        placed.append((start, number, line))
    return [line for _, _, line in sorted(placed, key=lambda item: item[:2])]


def _refuse_impossible(line: Line, start: float, latest: float) -> None:
    end = start if line.end is None else line.end
    if max(start, end) > LONGEST_SECONDS or start < 0:
        raise NotATranscriptError(NO_TIME.format(time=as_clock(max(start, end))))
    if end < start:
        raise NotATranscriptError(
            f"The times of this file run backwards: a line begins at {as_clock(start)} and ends at {as_clock(end)}."
        )
    if start < latest - MOST_BACKWARDS_SECONDS:
        raise NotATranscriptError(
            f"The times of this file run backwards: {as_clock(start)} comes after {as_clock(latest)}."
            " Perhaps it holds two recordings: then bring in each by itself."
        )


def _spread_in_turns(lines: Sequence[Line]) -> Iterator[Line]:
    """Each run from a known beginning up to the next one."""
    runs: list[list[Line]] = []
    for line in lines:
        if line.start is None and runs:
            runs[-1].append(line)
        else:
            runs.append([line])
    starts = [run[0].start or 0.0 for run in runs]
    for run, (start, following) in zip(runs, pairwise([*starts, None]), strict=True):
        ends = [line.end for line in run if line.end is not None]
        yield from _spread(run, start or 0.0, max(ends) if ends else following)


def _spread(lines: Sequence[Line], start: float, until: float | None) -> Iterator[Line]:
    """Sentence by sentence, at the pace that fills the time, or at WORDS_PER_MINUTE where no end is known."""
    pieces = [replace(line, text=text) for line in lines for text in pieces_of(line.text)]
    counts = [max(word_count(piece.text), 1) for piece in pieces]
    seconds = sum(counts) * 60.0 / WORDS_PER_MINUTE if until is None else max(until - start, SHORTEST_SECONDS)
    each, done = seconds / sum(counts), 0
    for piece, count in zip(pieces, counts, strict=True):
        yield replace(piece, start=start + done * each, end=start + (done + count) * each)
        done += count
