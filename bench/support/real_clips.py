"""Real recordings with their texts: ../shared/speech/real if it exists, else those kept for tests. Measures nothing."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transcripts.audio import decoder

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT.parent / "shared" / "speech" / "real", ROOT / "tests" / "data" / "real_speech")
# Settings were chosen on these; all others are held out.
CHOSEN_ON = ("sense", "cold_corpus", "sample", "harvard12", "jackhammer", "pico_test", "pico_test_de")


@dataclass(frozen=True, slots=True)
class KnownWord:
    word: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class RealClip:
    name: str
    path: Path
    text: str
    language: str
    words: tuple[KnownWord, ...]  # where their times are known

    @property
    def is_unseen(self) -> bool:
        return self.name not in CHOSEN_ON

    def read_sound(self) -> NDArray[np.float32]:
        return decoder.decode(self.path)


def list_clips() -> list[RealClip]:
    folder = next((folder for folder in FOLDERS if (folder / "clips.json").exists()), None)
    if folder is None:
        return []
    known = json.loads((folder / "clips.json").read_text())
    return [
        RealClip(
            name=name,
            path=folder / f"{name}.flac",
            text=clip["reference"],
            language=clip["language"],
            words=tuple(KnownWord(word["word"], word["start"], word["end"]) for word in clip.get("words", ())),
        )
        for name, clip in known.items()
    ]
