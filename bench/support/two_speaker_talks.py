"""Conversations of two speakers with their truth, sound conditions, and the speaker error of a guess.

Words are spread over the truth's own turns, moved by up to 0.15 s, and segments join turns as a recogniser does, so
that voices are measured and not the recogniser.
Sound is mono or two channels at SAMPLE_RATE, -1..1, shape (samples,) or (samples, 2).
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.support.labelled_speech import SpeechTurn, read_truth
from transcripts.audio import decoder
from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import wrap_samples
from transcripts.speakers import diarisation
from transcripts.speakers.diarisation import SpeakerAssignment
from transcripts.text.spoken import SpokenSegment, SpokenTranscript, SpokenWord

Samples = NDArray[np.float32]
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
FRAMES_PER_SECOND = 100
JITTER_SECONDS = 0.15
WORD_SECONDS = 0.32
JOINED_GAP_SECONDS = 0.4  # turns closer than this share a segment
TARGET_POWER = 0.08


@dataclass(frozen=True, slots=True)
class TwoChannelTalk:
    """Two channels, shape (n, 2), with who said what when."""

    name: str
    sound: Samples
    turns: tuple[SpeechTurn, ...]


def measure_speaker_error(truth: Sequence[SpeechTurn], named: Sequence[SpeechTurn]) -> float:
    """Share of the speech that both have for which the wrong speaker is named, after the best assignment.

    Moments at which two people talk are left out: either is right.
    """
    true, got = _label_frames(truth), _label_frames(named)
    both = [(one, other) for one, other in zip(true, got, strict=False) if one and other]
    letters, names = sorted({one for one, _ in both}), sorted({other for _, other in both})
    wide = letters + [""] * max(0, len(names) - len(letters))
    right = max(
        sum(dict(zip(names, order, strict=False))[other] == one for one, other in both)
        for order in permutations(wide, len(names))
    )
    return 1 - right / max(1, len(both))


def _label_frames(said: Sequence[SpeechTurn]) -> list[str]:
    frames: list[set[str]] = [
        set() for _ in range(round(max((one.end for one in said), default=0) * FRAMES_PER_SECOND) + 1)
    ]
    for piece in said:
        for frame in range(round(piece.start * FRAMES_PER_SECOND), round(piece.end * FRAMES_PER_SECOND)):
            frames[frame].add(piece.speaker)
    return ["".join(speakers) if len(speakers) == 1 else "" for speakers in frames]


def make_talks(folder: Path) -> Iterator[TwoChannelTalk]:
    """The samples, and interviews between a voice of one and a voice of the other."""
    one, two = (_read_talk(folder, f"interview-{number}") for number in (1, 2))
    yield from (one, two)
    for first, second in (("A", "A"), ("A", "B"), ("B", "A"), ("B", "B")):
        yield cross_talks(one, first, two, second)


def cross_talks(one: TwoChannelTalk, first: str, two: TwoChannelTalk, second: str) -> TwoChannelTalk:
    """What one voice says in one talk and another in the other, equally loud, in turns of one to three sentences."""
    draw = random.Random(3)
    sources = [_cut_speaker(one, first), _cut_speaker(two, second)]
    said, at, sound = [], 0.4, np.zeros((len(one.sound) + len(two.sound), 2), np.float32)
    while all(sources):
        for side, source in enumerate(sources):
            for _ in range(min(len(source), draw.choice((1, 1, 2, 3)))):
                clip = source.pop(0)
                first_sample = round(at * SAMPLE_RATE)
                sound[first_sample : first_sample + len(clip), side] = clip
                said.append(SpeechTurn(at, at + len(clip) / SAMPLE_RATE, "AB"[side]))
                at = said[-1].end + draw.uniform(0.2, 0.7)
    return TwoChannelTalk(
        f"{one.name[-1]}{first} with {two.name[-1]}{second}", sound[: round(at * SAMPLE_RATE)], tuple(said)
    )


def list_conditions(talk: TwoChannelTalk) -> Iterator[tuple[str, Samples]]:
    """One microphone: as it is, one voice far away, noise, a telephone."""
    noise = np.cumsum(np.random.default_rng(7).normal(size=len(talk.sound)))
    noise = np.diff(noise - np.convolve(noise, np.ones(101) / 101, "same"), append=0.0)
    loud = float(np.sqrt(np.mean(np.square(talk.sound.sum(axis=1)))))
    yield "clean", talk.sound.sum(axis=1)
    yield "interviewer 12 dB quieter", (talk.sound * np.array([0.25, 1.0], np.float32)).sum(axis=1)
    for decibels in (20, 10):
        mixed = talk.sound.sum(axis=1) + noise / noise.std() * loud * 10 ** (-decibels / 20)
        yield f"noise {decibels} dB below", mixed.astype(np.float32)
    yield "telephone", _limit_to_telephone_band(talk.sound.sum(axis=1))


@dataclass(frozen=True, slots=True)
class SpeakerMeasure:
    """Of a guess; without one, nothing is wrong and all is unset."""

    error: float  # share of the named speech
    unset_share: float
    confidence: float | None  # None: not shown
    voices: int


def measure(sound: Samples, said: Sequence[SpeechTurn], encoder_file: Path) -> SpeakerMeasure:
    assigned = guess_speakers(sound, said, encoder_file)
    segments = assigned.spoken.segments
    named = [SpeechTurn(one.start, one.end, one.speaker) for one in segments if one.speaker]
    seconds = sum(one.end - one.start for one in segments)
    return SpeakerMeasure(
        error=measure_speaker_error(said, named),
        unset_share=1 - sum(turn.end - turn.start for turn in named) / seconds,
        confidence=assigned.note.confidence,
        voices=len({turn.speaker for turn in named}),
    )


def guess_speakers(sound: Samples, said: Sequence[SpeechTurn], encoder_file: Path | None) -> SpeakerAssignment:
    spoken = SpokenTranscript("en", len(sound) / SAMPLE_RATE, "truth", write_segments(said))
    return diarisation.guess_by_voice(wrap_samples(sound), spoken, encoder_file, lambda: None)


def write_segments(said: Sequence[SpeechTurn]) -> tuple[SpokenSegment, ...]:
    """Segments with words, in which nobody is named."""
    draw, joined = random.Random(1), list[list[SpeechTurn]]()
    for turn in sorted(said, key=lambda one: one.start):
        if joined and turn.start - joined[-1][-1].end < JOINED_GAP_SECONDS and draw.random() < 0.5:
            joined[-1].append(turn)
        else:
            joined.append([turn])
    words = [tuple(word for turn in turns for word in _spread_words(turn, draw)) for turns in joined]
    return tuple(
        SpokenSegment(number, said[0].start, said[-1].end, "".join(one.word for one in said).strip(), words=said)
        for number, said in enumerate(words)
    )


def _spread_words(turn: SpeechTurn, draw: random.Random) -> list[SpokenWord]:
    start, end = (max(0.0, moment + draw.uniform(-JITTER_SECONDS, JITTER_SECONDS)) for moment in (turn.start, turn.end))
    end = max(end, start + JITTER_SECONDS)
    edges = np.linspace(start, end, max(1, round((end - start) / WORD_SECONDS)) + 1).tolist()
    last = len(edges) - 2
    return [SpokenWord(" well." if n == last else " well", edges[n], edges[n + 1]) for n in range(last + 1)]


def _read_talk(folder: Path, name: str) -> TwoChannelTalk:
    file = next(path for path in sorted(folder.glob(f"{name}.*")) if path.suffix in {".ogg", ".flac"})
    said = read_truth(folder / f"{name}.json")
    channels = decoder.probe(file).channels
    if channels == 2:
        return TwoChannelTalk(name, np.column_stack([decoder.decode(file, channel=side) for side in (0, 1)]), said)
    mono = decoder.decode(file)
    sound = np.zeros((len(mono), 2), np.float32)
    sound[:, 1] = mono
    for one in said:
        if one.speaker == "A":
            span = slice(_count_samples(one.start), _count_samples(one.end))
            sound[span, 0], sound[span, 1] = mono[span], 0
    return TwoChannelTalk(name, sound, said)


def _cut_speaker(talk: TwoChannelTalk, speaker: str) -> list[Samples]:
    clips = [
        talk.sound[_count_samples(s.start) : _count_samples(s.end)].sum(axis=1)
        for s in talk.turns
        if s.speaker == speaker
    ]
    return [clip * (TARGET_POWER / float(np.sqrt(np.mean(np.square(clip))) + 1e-9)) for clip in clips]


def _limit_to_telephone_band(sound: Samples) -> Samples:
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    spectrum[(hertz < 300) | (hertz > 3400)] = 0
    band = np.fft.irfft(spectrum, len(sound))
    coarse: Samples = (np.round(band / np.abs(band).max() * 127) / 127).astype(np.float32)
    return coarse


def _count_samples(seconds: float) -> int:
    return max(0, round(seconds * SAMPLE_RATE))
