"""Real recordings with what is said in them (tests/data/real_speech)."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transcripts.audio import decoder
from transcripts.audio.audio_facts import SAMPLE_RATE

FOLDER = Path(__file__).resolve().parents[1] / "data" / "real_speech"
# Of `sense`, whose words have known times: five sentences with a second between them.
SENTENCE_GAP_SECONDS = 0.7

Sound = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class RealSpeech:
    sound: Sound
    text: str
    language: str
    words: tuple[dict[str, Any], ...]


@cache
def read_clip(name: str) -> RealSpeech:
    known = json.loads((FOLDER / "clips.json").read_text())[name]
    sound = decoder.decode(FOLDER / f"{name}.flac")
    return RealSpeech(sound, known["reference"], known["language"], tuple(known.get("words", ())))


def read_sentences() -> list[Sound]:
    """The sentences of `sense`, each by itself."""
    clip = read_clip("sense")
    starts = [clip.words[0]["start"]]
    ends = list[float]()
    for before, after in zip(clip.words, clip.words[1:], strict=False):
        if after["start"] - before["end"] > SENTENCE_GAP_SECONDS:
            ends.append(before["end"])
            starts.append(after["start"])
    ends.append(clip.words[-1]["end"])
    return [
        clip.sound[round(max(0.0, start - 0.1) * SAMPLE_RATE) : round((end + 0.1) * SAMPLE_RATE)]
        for start, end in zip(starts, ends, strict=True)
    ]


def make_pause(seconds: float) -> Sound:
    return np.zeros(round(seconds * SAMPLE_RATE), dtype=np.float32)


def scale_to(sound: Sound, decibels: float) -> Sound:
    """As loud as `decibels` below full scale in its louder half."""
    frames = sound[: len(sound) // 320 * 320].reshape(-1, 320)
    power = np.sort(np.mean(frames**2, axis=1))
    loud = float(np.sqrt(power[len(power) // 2 :].mean()))
    scaled: Sound = (sound * 10 ** (decibels / 20) / loud).astype(np.float32)
    return scaled
