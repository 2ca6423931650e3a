"""The labelled interviews of tests/data/mapping as turns with the speakers A and B."""

import json
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from tests.support.transcript_layouts import SpokenTurn

MAPPING_DATA = Path(__file__).resolve().parents[1] / "data" / "mapping"


def read_turns(interview: str) -> list[SpokenTurn]:
    data = json.loads((MAPPING_DATA / "interviews" / f"{interview}.json").read_text())
    return [SpokenTurn(item["speaker"], item["start"], item["end"], item["text"]) for item in data["segments"]]


def join_speakers(said: Iterable[tuple[str | None, str]]) -> list[tuple[str | None, str]]:
    """What one person says without a break is one text."""
    groups = groupby(said, key=lambda item: item[0])
    return [(speaker, " ".join(text for _, text in group)) for speaker, group in groups]
