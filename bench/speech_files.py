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

from bench.support.hard_sound import make_hiss, make_music, overdrive
from bench.support.real_clips import list_clips
from transcripts.audio import decoder
from transcripts.audio.audio_facts import SAMPLE_RATE

Sound = NDArray[np.float32]
HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "samples"
INTERVIEWS = ("interview-1", "interview-2")
SEED = 11
TURNS_PER_STRETCH = 6  # of an interview between two silences or two pieces of music
SILENCE_SECONDS = 90.0
MUSIC_SECONDS = 30.0
MUSIC_BELOW_SPEECH = 0.02
GAP_SECONDS = 0.5
REAL_PAUSE_SECONDS = (0.5, 4.0)
VOICES = ("en-gb", "en-gb+f2", "en-gb-x-rp", "en-us", "en-gb-x-rp+f2")  # some of those that the model was trained on


@dataclass(frozen=True, slots=True)
class SpeechFile:
    sound: Sound
    text: str


def make_interview(name: str) -> SpeechFile:
    turns = _read_turns(name)
    return SpeechFile(decoder.decode(SAMPLES / f"{name}.ogg"), " ".join(str(turn["text"]) for turn in turns))


def make_hours(count: float) -> SpeechFile:
    """The sample interviews one after the other until it is so long, each time with other hiss and another loudness."""
    random, parts, texts = np.random.default_rng(SEED), [], []
    whole = [make_interview(name) for name in INTERVIEWS]
    length = 0
    for one in cycle(whole):
        if length >= count * 3600 * SAMPLE_RATE:
            break
        loud = one.sound * np.float32(random.uniform(0.6, 1.0))
        parts.append(loud + make_hiss(len(loud), random))
        texts.append(one.text)
        length += len(loud)
    return SpeechFile(np.concatenate(parts), " ".join(texts))


def add_silences() -> SpeechFile:
    random = np.random.default_rng(SEED)
    return _put_between(lambda: make_hiss(round(SILENCE_SECONDS * SAMPLE_RATE), random))


def add_music() -> SpeechFile:
    random = np.random.default_rng(SEED)
    spoken = _put_between(lambda: make_music(round(MUSIC_SECONDS * SAMPLE_RATE), random) * np.float32(0.3))
    below = make_music(len(spoken.sound), random) * np.float32(MUSIC_BELOW_SPEECH)
    return SpeechFile(spoken.sound + below, spoken.text)


def add_clipping() -> SpeechFile:
    spoken = make_interview("interview-1")
    return SpeechFile(overdrive(spoken.sound), spoken.text)


def synthesise_unseen() -> SpeechFile:
    """Sentences of bench/unseen.txt, which were in no training of the demonstration model. Needs espeak-ng."""
    sentences = (HERE / "unseen.txt").read_text().splitlines()
    gap = np.zeros(round(GAP_SECONDS * SAMPLE_RATE), dtype=np.float32)
    spoken = [
        part for text, voice in zip(sentences, cycle(VOICES), strict=False) for part in (_synthesise(text, voice), gap)
    ]
    sound = np.concatenate(spoken) * np.float32(0.6)
    return SpeechFile(sound + make_hiss(len(sound), np.random.default_rng(SEED)), " ".join(sentences))


def join_real_clips(minutes: float) -> SpeechFile:
    """English clips of real voices one after the other, with pauses and another loudness each time round."""
    random, parts, texts = np.random.default_rng(SEED), list[Sound](), list[str]()
    clips = [(clip.read_sound(), clip.text) for clip in list_clips() if clip.language == "en"]
    if not clips:
        raise SystemExit("Real clips are needed: ../shared/speech/real, or tests/data/real_speech.")
    length = 0
    for sound, text in cycle(clips):
        if length >= minutes * 60 * SAMPLE_RATE:
            break
        pause = make_hiss(round(random.uniform(*REAL_PAUSE_SECONDS) * SAMPLE_RATE), random)
        parts += [sound * np.float32(random.uniform(0.4, 1.0)), pause]
        texts.append(text)
        length += len(sound) + len(pause)
    return SpeechFile(np.concatenate(parts), " ".join(texts))


FILE_MAKERS: dict[str, Callable[[], SpeechFile]] = {
    "interview-1": lambda: make_interview("interview-1"),
    "interview-2": lambda: make_interview("interview-2"),
    "silences": add_silences,
    "music": add_music,
    "clipped": add_clipping,
    "unseen": synthesise_unseen,
    "ten minutes": lambda: make_hours(1 / 6),
    "hour": lambda: make_hours(1),
    "three hours": lambda: make_hours(3),
    "real, five minutes": lambda: join_real_clips(5),
    "real, twenty minutes": lambda: join_real_clips(20),
    "real, hour": lambda: join_real_clips(60),
}


def write_file(name: str, folder: Path) -> None:
    spoken = FILE_MAKERS[name]()
    folder.mkdir(parents=True, exist_ok=True)
    _write_wave(folder / f"{name}.wav", spoken.sound)
    truth = {"text": spoken.text, "seconds": len(spoken.sound) / SAMPLE_RATE}
    (folder / f"{name}.json").write_text(json.dumps(truth))


def _put_between(between: Callable[[], Sound]) -> SpeechFile:
    """Both interviews, a few turns at a time."""
    parts, texts = [], []
    for name in INTERVIEWS:
        whole = decoder.decode(SAMPLES / f"{name}.ogg")
        for turns in _group_turns(_read_turns(name)):
            start, end = float(turns[0]["start"]), float(turns[-1]["end"])
            parts += [whole[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)], between()]
            texts += [str(turn["text"]) for turn in turns]
    return SpeechFile(np.concatenate(parts), " ".join(texts))


def _group_turns(turns: Sequence[dict[str, str | float]]) -> Iterator[Sequence[dict[str, str | float]]]:
    for first in range(0, len(turns), TURNS_PER_STRETCH):
        yield turns[first : first + TURNS_PER_STRETCH]


def _read_turns(name: str) -> list[dict[str, str | float]]:
    turns: list[dict[str, str | float]] = json.loads((SAMPLES / f"{name}.json").read_text())["segments"]
    return turns


def _synthesise(text: str, voice: str) -> Sound:
    path = Path("said.wav")
    subprocess.run(["espeak-ng", "-v", voice, "-s", "155", "-p", "50", "-w", path, text], check=True)
    return decoder.decode(path)


def _write_wave(path: Path, sound: Sound) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    write_file(sys.argv[1], Path(sys.argv[2]))
