"""Make the recordings that bench.transcribe measures with, and what they say: python -m bench.speech_files NAME FOLDER

Always the same for the same NAME. Runs as a process of its own: a parent's memory would count as its children's.
"""

import json
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.hard_sound import clipped, hiss, music
from transcripts.sound import audio
from transcripts.sound.facts import SAMPLE_RATE

Sound = NDArray[np.float32]
HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "samples"
INTERVIEWS = ("interview-1", "interview-2")
SEED = 11
TURNS_TOGETHER = 6  # of an interview between two silences or two pieces of music
SILENCE_SECONDS = 90.0
MUSIC_SECONDS = 30.0
MUSIC_BELOW_SPEECH = 0.02
GAP_SECONDS = 0.5
VOICES = ("en-gb", "en-gb+f2", "en-gb-x-rp", "en-us", "en-gb-x-rp+f2")  # some of those that the model was trained on


@dataclass(frozen=True, slots=True)
class Spoken:
    sound: Sound
    text: str


def interview(name: str) -> Spoken:
    turns = _turns(name)
    return Spoken(audio.decode(SAMPLES / f"{name}.ogg"), " ".join(str(turn["text"]) for turn in turns))


def hours(count: float) -> Spoken:
    """The sample interviews one after the other until it is so long, each time with other hiss and another loudness."""
    random, parts, texts = np.random.default_rng(SEED), [], []
    whole = [interview(name) for name in INTERVIEWS]
    length = 0
    for one in cycle(whole):
        if length >= count * 3600 * SAMPLE_RATE:
            break
        loud = one.sound * np.float32(random.uniform(0.6, 1.0))
        parts.append(loud + hiss(len(loud), random))
        texts.append(one.text)
        length += len(loud)
    return Spoken(np.concatenate(parts), " ".join(texts))


def with_silences() -> Spoken:
    random = np.random.default_rng(SEED)
    return _with_between(lambda: hiss(round(SILENCE_SECONDS * SAMPLE_RATE), random))


def with_music() -> Spoken:
    random = np.random.default_rng(SEED)
    spoken = _with_between(lambda: music(round(MUSIC_SECONDS * SAMPLE_RATE), random) * np.float32(0.3))
    below = music(len(spoken.sound), random) * np.float32(MUSIC_BELOW_SPEECH)
    return Spoken(spoken.sound + below, spoken.text)


def with_clipping() -> Spoken:
    spoken = interview("interview-1")
    return Spoken(clipped(spoken.sound), spoken.text)


def unseen() -> Spoken:
    """Sentences of bench/unseen.txt, which were in no training of the demonstration model. Needs espeak-ng."""
    sentences = (HERE / "unseen.txt").read_text().splitlines()
    gap = np.zeros(round(GAP_SECONDS * SAMPLE_RATE), dtype=np.float32)
    spoken = [part for text, voice in zip(sentences, cycle(VOICES), strict=False) for part in (_said(text, voice), gap)]
    sound = np.concatenate(spoken) * np.float32(0.6)
    return Spoken(sound + hiss(len(sound), np.random.default_rng(SEED)), " ".join(sentences))


MADE: dict[str, Callable[[], Spoken]] = {
    "interview-1": lambda: interview("interview-1"),
    "interview-2": lambda: interview("interview-2"),
    "silences": with_silences,
    "music": with_music,
    "clipped": with_clipping,
    "unseen": unseen,
    "ten minutes": lambda: hours(1 / 6),
    "hour": lambda: hours(1),
    "three hours": lambda: hours(3),
}


def write(name: str, folder: Path) -> None:
    spoken = MADE[name]()
    folder.mkdir(parents=True, exist_ok=True)
    _write_wave(folder / f"{name}.wav", spoken.sound)
    truth = {"text": spoken.text, "seconds": len(spoken.sound) / SAMPLE_RATE}
    (folder / f"{name}.json").write_text(json.dumps(truth))


def _with_between(between: Callable[[], Sound]) -> Spoken:
    """Both interviews, a few turns at a time."""
    parts, texts = [], []
    for name in INTERVIEWS:
        whole = audio.decode(SAMPLES / f"{name}.ogg")
        for turns in _some_at_a_time(_turns(name)):
            start, end = float(turns[0]["start"]), float(turns[-1]["end"])
            parts += [whole[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)], between()]
            texts += [str(turn["text"]) for turn in turns]
    return Spoken(np.concatenate(parts), " ".join(texts))


def _some_at_a_time(turns: Sequence[dict[str, str | float]]) -> Iterator[Sequence[dict[str, str | float]]]:
    for first in range(0, len(turns), TURNS_TOGETHER):
        yield turns[first : first + TURNS_TOGETHER]


def _turns(name: str) -> list[dict[str, str | float]]:
    turns: list[dict[str, str | float]] = json.loads((SAMPLES / f"{name}.json").read_text())["segments"]
    return turns


def _said(text: str, voice: str) -> Sound:
    path = Path("said.wav")
    subprocess.run(["espeak-ng", "-v", voice, "-s", "155", "-p", "50", "-w", path, text], check=True)
    return audio.decode(path)


def _write_wave(path: Path, sound: Sound) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    write(sys.argv[1], Path(sys.argv[2]))
