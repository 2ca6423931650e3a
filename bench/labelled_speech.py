"""Who said what when, as the samples' truth has it. Reads only."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Said:
    start: float
    end: float
    speaker: str


def read_truth(path: Path) -> tuple[Said, ...]:
    segments = json.loads(path.read_text(encoding="utf-8"))["segments"]
    return tuple(Said(item["start"], item["end"], item["speaker"]) for item in segments)
