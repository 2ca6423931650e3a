"""Give segments the speakers of their words: cut where the speaker changes, unset where it is not clear. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from transcripts.speakers.voice_guess import VoiceGuess
from transcripts.speakers.voice_windows import SpokenUnit
from transcripts.text.spoken import SpokenSegment

MIN_CERTAINTY = 0.85  # of a piece, averaged over its seconds; below it the piece gets no speaker
MIN_CUT_CERTAINTY = 0.7  # of a few words said by somebody else inside a segment;
MIN_CUT_SECONDS = 0.25  # less certain or shorter ones stay with their neighbours
LETTERS = "ABCD"


@dataclass(frozen=True, slots=True)
class VoicedUnit:
    seconds: float
    voice: int
    certainty: float


@dataclass(frozen=True, slots=True)
class VoicedRun:
    """Units of one segment, one after the other, that get the same voice."""

    voice: int
    units: tuple[VoicedUnit, ...]

    @property
    def seconds(self) -> float:
        return sum(unit.seconds for unit in self.units)

    @property
    def certainty(self) -> float:
        """How much of it the voice is likely to have said; units of another voice count against it."""
        likely = sum(
            unit.seconds * (unit.certainty if unit.voice == self.voice else 1 - unit.certainty) for unit in self.units
        )
        return likely / self.seconds


@dataclass(frozen=True, slots=True)
class SpeakerNames:
    segments: tuple[SpokenSegment, ...]  # numbered again, since some were cut
    confidence: float  # the share of the named speech that is likely to have the right speaker
    unset_share: float  # of all speech


def name_speakers(segments: Sequence[SpokenSegment], units: Sequence[SpokenUnit], guess: VoiceGuess) -> SpeakerNames:
    """Letters in the order of appearance."""
    pieces = [
        piece
        for index, rows in groupby(range(len(units)), key=lambda row: units[row].segment)
        for piece in _cut_segment(segments[index], _list_voiced_units(list(rows), units, guess))
    ]
    named = [run for _, run in pieces if run.certainty >= MIN_CERTAINTY]
    letters = dict(zip(dict.fromkeys(run.voice for run in named), LETTERS, strict=False))
    named_seconds, all_seconds = _sum_seconds(named), _sum_seconds(run for _, run in pieces)
    return SpeakerNames(
        segments=tuple(
            replace(piece, id=number, speaker=letters[run.voice] if run.certainty >= MIN_CERTAINTY else None)
            for number, (piece, run) in enumerate(pieces)
        ),
        confidence=sum(run.certainty * run.seconds for run in named) / named_seconds if named else 0.0,
        unset_share=1 - named_seconds / all_seconds,
    )


def find_runs(units: Sequence[VoicedUnit]) -> list[VoicedRun]:
    """Runs that are too weak to be cut out go to their longer neighbour, the weakest first."""
    runs = [VoicedRun(voice, tuple(group)) for voice, group in groupby(units, key=attrgetter("voice"))]
    while len(runs) > 1 and (weak := [run for run in runs if _is_too_weak(run)]):
        at = runs.index(min(weak, key=lambda run: run.certainty * run.seconds))
        neighbours = [runs[beside] for beside in (at - 1, at + 1) if 0 <= beside < len(runs)]
        voice = max(neighbours, key=lambda run: run.seconds).voice
        runs[at] = replace(runs[at], voice=voice)
        runs = _join_same_voice(runs)
    return runs


def _cut_segment(segment: SpokenSegment, units: Sequence[VoicedUnit]) -> Iterator[tuple[SpokenSegment, VoicedRun]]:
    runs = find_runs(units)
    if len(runs) == 1 or not _has_all_its_words(segment):
        longest = max(runs, key=lambda run: run.seconds)
        yield segment, VoicedRun(longest.voice, tuple(units))
        return
    first = 0
    for run in runs:
        words = segment.words[first : first + len(run.units)]
        first += len(run.units)
        text = "".join(word.word for word in words).strip()
        yield replace(segment, start=words[0].start, end=words[-1].end, text=text, words=words), run


def _list_voiced_units(rows: Sequence[int], units: Sequence[SpokenUnit], guess: VoiceGuess) -> list[VoicedUnit]:
    return [
        VoicedUnit(
            max(0.01, units[row].end - units[row].start), int(guess.unit_voices[row]), float(guess.certainty[row])
        )
        for row in rows
    ]


def _is_too_weak(run: VoicedRun) -> bool:
    return run.seconds < MIN_CUT_SECONDS or run.certainty < MIN_CUT_CERTAINTY


def _join_same_voice(runs: Sequence[VoicedRun]) -> list[VoicedRun]:
    return [
        VoicedRun(voice, tuple(unit for run in group for unit in run.units))
        for voice, group in groupby(runs, key=attrgetter("voice"))
    ]


def _has_all_its_words(segment: SpokenSegment) -> bool:
    return "".join(word.word for word in segment.words).split() == segment.text.split()


def _sum_seconds(runs: Iterable[VoicedRun]) -> float:
    return sum(run.seconds for run in runs)
