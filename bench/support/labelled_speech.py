"""Who said what when, as the samples' truth has it. Reads only."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SpeechTurn:
    start: float
    end: float
    speaker: str


def read_truth(path: Path) -> tuple[SpeechTurn, ...]:
    segments = json.loads(path.read_text(encoding="utf-8"))["segments"]
    return tuple(SpeechTurn(item["start"], item["end"], item["speaker"]) for item in segments)
