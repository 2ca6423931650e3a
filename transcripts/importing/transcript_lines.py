"""Build a transcript from the lines of a file: check or spread times, replace names with letters."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from transcripts.importing.clock_times import format_clock_time
from transcripts.importing.corrections import NO_CORRECTIONS, Corrections, DoubtfulLabel, LeftOutLine
from transcripts.importing.refusals import (
    NO_TIME,
    NO_WORDS,
    TOO_MANY_SPEAKERS,
    TOO_MANY_WORDS,
    NotATranscriptError,
)
from transcripts.importing.sentence_splitting import count_words, split_into_pieces
from transcripts.kinds.closed_sets import TimePrecision
from transcripts.text.spoken import SpokenSegment, SpokenTranscript

WORDS_PER_MINUTE = 150.0  # conversational English; used only where a file gives no times
MAX_SECONDS = 24 * 3600.0
MAX_BACKWARDS_SECONDS = 30.0  # people who talk at once are written in either order
MAX_WORDS = 300_000  # a talk of more than 30 hours
MAX_SEGMENTS = 50_000  # one every two seconds, for a day
MAX_SPEAKERS = 60  # each gets a question on the page
MIN_SECONDS = 0.01
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody says without a break. Times in seconds; None: the file does not say."""

    text: str
    speaker: str | None = None  # the name, which goes no further than this package
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class ImportedTranscript:
    spoken: SpokenTranscript
    format: str  # "vtt", "srt", "docx", "txt", "json"
    times: TimePrecision
    left_out: tuple[LeftOutLine, ...] = ()  # headings, notes of the tool
    doubtful: tuple[DoubtfulLabel, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # a letter -> the name in the file, never stored
    is_clock_time: bool = False  # the file gives times of day, which were counted from the first


@dataclass(frozen=True, slots=True)
class SpeakerShare:
    letter: str | None  # None: the file does not say who spoke
    share: float  # of all words, 0..1
    sample: str  # the first words of some length


def build_transcript(
    lines: Sequence[Utterance],
    format_name: str,
    *,
    language: str = "en",
    left_out: Iterable[LeftOutLine] = (),
    doubtful: tuple[DoubtfulLabel, ...] = (),
    is_by_turns: bool = False,
    corrections: Corrections = NO_CORRECTIONS,
) -> ImportedTranscript:
    """`is_by_turns`: times are of whole turns, even if each has an end. Raises NotATranscriptError."""
    said = [replace(line, speaker=corrections.resolve(line.speaker)) for line in lines if count_words(line.text)]
    _refuse_word_count(said)
    times = TimePrecision.TURNS if is_by_turns else _detect_time_precision(said)
    timed = list(_add_times(said, times))
    letters = assign_letters(line.speaker for line in timed)
    _refuse_too_large(len(timed), len(letters))
    names = {letter: name for name, letter in letters.items() if name}
    segments = tuple(
        SpokenSegment(number, line.start or 0.0, line.end or 0.0, line.text, letters.get(line.speaker))
        for number, line in enumerate(timed)
    )
    spoken = SpokenTranscript(language, max(segment.end for segment in segments), "", segments)
    return ImportedTranscript(spoken, format_name, times, tuple(left_out), doubtful, names)


def _refuse_word_count(lines: Sequence[Utterance]) -> None:
    if not lines:
        raise NotATranscriptError(NO_WORDS)
    if sum(count_words(line.text) for line in lines) > MAX_WORDS:
        raise NotATranscriptError(TOO_MANY_WORDS)


def _refuse_too_large(segments: int, speakers: int) -> None:
    if segments > MAX_SEGMENTS:
        raise NotATranscriptError(TOO_MANY_WORDS)
    if speakers > MAX_SPEAKERS:
        raise NotATranscriptError(TOO_MANY_SPEAKERS.format(most=MAX_SPEAKERS))


def assign_letters(speakers: Iterable[str | None]) -> dict[str | None, str]:
    names = list(dict.fromkeys(name for name in speakers if name))
    return {name: _format_letter(number) for number, name in enumerate(names)}


def compute_speaker_shares(spoken: SpokenTranscript) -> list[SpeakerShare]:
    words: Counter[str | None] = Counter()
    samples: dict[str | None, str] = {}
    for segment in spoken.segments:
        words[segment.speaker] += count_words(segment.text)
        if len(segment.text) > len(samples.get(segment.speaker, "")) and len(samples.get(segment.speaker, "")) < 40:
            samples[segment.speaker] = segment.text
    total = words.total() or 1
    return [SpeakerShare(letter, count / total, samples[letter]) for letter, count in words.items()]


def _format_letter(number: int) -> str:
    first, last = divmod(number, len(LETTERS))
    return (_format_letter(first - 1) if first else "") + LETTERS[last]


def _detect_time_precision(lines: Sequence[Utterance]) -> TimePrecision:
    if all(line.start is not None and line.end is not None for line in lines):
        return TimePrecision.EXACT
    return TimePrecision.ESTIMATED if all(line.start is None for line in lines) else TimePrecision.TURNS


def _add_times(lines: Sequence[Utterance], times: TimePrecision) -> Iterator[Utterance]:
    if times is TimePrecision.EXACT:
        yield from _sort_utterances(lines)
    elif times is TimePrecision.TURNS:
        yield from _spread_turns(_sort_utterances(lines))
    else:
        yield from _spread_sentences(lines, 0.0, None)


def _sort_utterances(lines: Sequence[Utterance]) -> list[Utterance]:
    placed, latest = [], 0.0
    for number, line in enumerate(lines):
        start = latest if line.start is None else line.start
        _refuse_impossible_times(line, start, latest)
        latest = max(latest, start)
        placed.append((start, number, line))
    return [line for _, _, line in sorted(placed, key=lambda item: item[:2])]


def _refuse_impossible_times(line: Utterance, start: float, latest: float) -> None:
    end = start if line.end is None else line.end
    if max(start, end) > MAX_SECONDS or start < 0:
        raise NotATranscriptError(NO_TIME.format(time=format_clock_time(max(start, end))))
    if end < start:
        raise NotATranscriptError(
            f"The times of this file run backwards: a line begins at {format_clock_time(start)}"
            f" and ends at {format_clock_time(end)}."
        )
    if start < latest - MAX_BACKWARDS_SECONDS:
        raise NotATranscriptError(
            f"The times of this file run backwards: {format_clock_time(start)} comes after {format_clock_time(latest)}."
            " Perhaps it has two recordings in it: then import each separately."
        )


def _spread_turns(lines: Sequence[Utterance]) -> Iterator[Utterance]:
    runs: list[list[Utterance]] = []
    for line in lines:
        if line.start is None and runs:
            runs[-1].append(line)
        else:
            runs.append([line])
    starts = [run[0].start or 0.0 for run in runs]
    for run, (start, following) in zip(runs, pairwise([*starts, None]), strict=True):
        ends = [line.end for line in run if line.end is not None]
        yield from _spread_sentences(run, start or 0.0, max(ends) if ends else following)


def _spread_sentences(lines: Sequence[Utterance], start: float, until: float | None) -> Iterator[Utterance]:
    pieces = [replace(line, text=text) for line in lines for text in split_into_pieces(line.text)]
    counts = [max(count_words(piece.text), 1) for piece in pieces]
    seconds = sum(counts) * 60.0 / WORDS_PER_MINUTE if until is None else max(until - start, MIN_SECONDS)
    each, done = seconds / sum(counts), 0
    for piece, count in zip(pieces, counts, strict=True):
        yield replace(piece, start=start + done * each, end=start + (done + count) * each)
        done += count
