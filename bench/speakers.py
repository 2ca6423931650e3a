"""How often the wrong speaker is named: speech time by the best assignment, on the samples and on mixes of them.

`python -m bench.speakers [folder]`: of interview-1.* and interview-2.* with their truth; samples/ if left out.
Pieces of speech are the truth's own segments, moved by up to 0.15 s and cut in long ones, so that voices are measured
and not the recogniser; a recogniser's segments are measured in tests/accuracy/test_speakers.py.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.labelled_speech import Said, read_truth
from transcripts.sound import audio
from transcripts.sound.facts import SAMPLE_RATE
from transcripts.speakers.voice_features import features
from transcripts.speakers.voices import SURE, guess

Samples = NDArray[np.float32]
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
FRAMES_A_SECOND = 100
JITTER_SECONDS = 0.15
LONG_SECONDS = 5.0
SAME_POWER = 0.08


@dataclass(frozen=True, slots=True)
class Talk:
    """Two channels, shape (n, 2), with who said what when."""

    name: str
    sound: Samples
    said: tuple[Said, ...]


def speaker_error(truth: Sequence[Said], named: Sequence[Said]) -> float:
    """Share of the speech that both have for which the wrong speaker is named, after the best assignment."""
    true, got = _by_frame(truth), _by_frame(named)
    both = [(one, other) for one, other in zip(true, got, strict=False) if one and other]
    letters, names = sorted({one for one, _ in both}), sorted({other for _, other in both})
    wide = letters + [""] * max(0, len(names) - len(letters))
    right = max(
        sum(dict(zip(names, order, strict=False))[other] == one for one, other in both)
        for order in permutations(wide, len(names))
    )
    return 1 - right / max(1, len(both))


def _by_frame(said: Sequence[Said]) -> list[str]:
    frames = [""] * (round(max((piece.end for piece in said), default=0.0) * FRAMES_A_SECOND) + 1)
    for piece in said:
        for frame in range(round(piece.start * FRAMES_A_SECOND), round(piece.end * FRAMES_A_SECOND)):
            frames[frame] = piece.speaker
    return frames


def talks(folder: Path) -> Iterator[Talk]:
    """The samples, and interviews between a voice of one and a voice of the other."""
    one, two = (_talk(folder, f"interview-{number}") for number in (1, 2))
    yield from (one, two)
    for first, second in (("A", "A"), ("A", "B"), ("B", "A"), ("B", "B")):
        yield crossed(one, first, two, second)


def crossed(one: Talk, first: str, two: Talk, second: str) -> Talk:
    """What one voice says in one talk and another in the other, equally loud, in turns of one to three sentences."""
    draw = random.Random(3)
    sources = [_cut(one, first), _cut(two, second)]
    said, at, sound = [], 0.4, np.zeros((len(one.sound) + len(two.sound), 2), np.float32)
    while all(sources):
        for side, source in enumerate(sources):
            for _ in range(min(len(source), draw.choice((1, 1, 2, 3)))):
                clip = source.pop(0)
                first_sample = round(at * SAMPLE_RATE)
                sound[first_sample : first_sample + len(clip), side] = clip
                said.append(Said(at, at + len(clip) / SAMPLE_RATE, "AB"[side]))
                at = said[-1].end + draw.uniform(0.2, 0.7)
    return Talk(f"{one.name[-1]}{first} with {two.name[-1]}{second}", sound[: round(at * SAMPLE_RATE)], tuple(said))


def conditions(talk: Talk) -> Iterator[tuple[str, Samples]]:
    """One microphone: as it is, one voice far away, noise, a telephone."""
    noise = np.cumsum(np.random.default_rng(7).normal(size=len(talk.sound)))
    noise = np.diff(noise - np.convolve(noise, np.ones(101) / 101, "same"), append=0.0)
    loud = float(np.sqrt(np.mean(np.square(talk.sound.sum(axis=1)))))
    yield "clean", talk.sound.sum(axis=1)
    yield "interviewer 12 dB quieter", (talk.sound * np.array([0.25, 1.0], np.float32)).sum(axis=1)
    for decibels in (20, 10):
        mixed = talk.sound.sum(axis=1) + noise / noise.std() * loud * 10 ** (-decibels / 20)
        yield f"noise {decibels} dB below", mixed.astype(np.float32)
    yield "telephone", _through_telephone(talk.sound.sum(axis=1))


def pieces(said: Sequence[Said]) -> list[Said]:
    draw, found = random.Random(1), []
    for one in said:
        start, end = (moment + draw.uniform(-JITTER_SECONDS, JITTER_SECONDS) for moment in (one.start, one.end))
        middle = start + (end - start) * draw.uniform(0.3, 0.7)
        long = end - start > LONG_SECONDS
        found += [Said(start, middle, ""), Said(middle, end, "")] if long else [Said(start, end, "")]
    return found


def measured(sound: Samples, said: Sequence[Said]) -> tuple[float, float]:
    """The error, and how far apart the voices were found."""
    cut = pieces(said)
    found = guess([features(sound[_sample(one.start) : _sample(one.end)]) for one in cut])
    if found is None:
        return 1.0, 0.0
    named = [Said(one.start, one.end, "AB"[int(side)]) for one, side in zip(cut, found.is_second, strict=True)]
    return speaker_error(said, named), found.separation


def _talk(folder: Path, name: str) -> Talk:
    file = next(path for path in sorted(folder.glob(f"{name}.*")) if path.suffix in {".ogg", ".flac"})
    said = read_truth(folder / f"{name}.json")
    channels = audio.probe(file).channels
    if channels == 2:
        return Talk(name, np.column_stack([audio.decode(file, channel=side) for side in (0, 1)]), said)
    mono = audio.decode(file)
    sound = np.zeros((len(mono), 2), np.float32)
    sound[:, 1] = mono
    for one in said:
        if one.speaker == "A":
            span = slice(_sample(one.start), _sample(one.end))
            sound[span, 0], sound[span, 1] = mono[span], 0
    return Talk(name, sound, said)


def _cut(talk: Talk, speaker: str) -> list[Samples]:
    clips = [talk.sound[_sample(s.start) : _sample(s.end)].sum(axis=1) for s in talk.said if s.speaker == speaker]
    return [clip * (SAME_POWER / float(np.sqrt(np.mean(np.square(clip))) + 1e-9)) for clip in clips]


def _through_telephone(sound: Samples) -> Samples:
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    spectrum[(hertz < 300) | (hertz > 3400)] = 0
    band = np.fft.irfft(spectrum, len(sound))
    coarse: Samples = (np.round(band / np.abs(band).max() * 127) / 127).astype(np.float32)
    return coarse


def _sample(seconds: float) -> int:
    return max(0, round(seconds * SAMPLE_RATE))


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    print(f"{'talk':16}{'condition':28}{'error':>8}{'apart':>8}  shown")
    for talk in talks(folder):
        for condition, sound in conditions(talk):
            error, separation = measured(sound, talk.said)
            print(f"{talk.name:16}{condition:28}{error:8.3f}{separation:8.2f}  {'yes' if separation >= SURE else 'no'}")


if __name__ == "__main__":
    main()
