"""Labelled interviews to measure the mapping on, as kept in tests/data/mapping or in a folder of the same shape."""

import dataclasses
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidence.schedule import Schedule, Section
from transcripts.mapping import Marker, ReviewedTranscript
from transcripts.mapping.mapping_json import schedule_from_any_json, written_from_json
from transcripts.spoken import SpokenSegment
from transcripts.transcript_json import transcript_from_json

OURS = Path(__file__).parent.parent / "tests" / "data" / "mapping"
OTHER_CALLS = OURS / "other_calls"  # short invented interviews of five other schedules, written for this project
LONGER_CALLS = OURS / "longer_calls"  # as long as real ones: four invented interviews for each of sixteen schedules
LARGER = Path(__file__).parent.parent.parent / "shared" / "data"  # used where it is there
TAP_SECONDS = 5.0  # a marker lies at most this far from the asking
MISSED = 0.1  # the share of askings that nobody marked


@dataclass(frozen=True, slots=True)
class Labelled:
    name: str
    kind: str  # "invented", "real", "meeting", "other calls" or "longer calls"
    segments: tuple[SpokenSegment, ...]
    truth: tuple[str | None, ...]
    schedule: Schedule
    written: tuple[dict[str, str], ...] = ()  # what was written to the same call

    @property
    def reviewed(self) -> ReviewedTranscript:
        return ReviewedTranscript(self.segments, self.truth)


@dataclass(frozen=True, slots=True)
class Material:
    labelled: tuple[Labelled, ...]

    def of_kind(self, kind: str) -> list[Labelled]:
        return [item for item in self.labelled if item.kind == kind]


def read_material(folder: Path | None = None) -> Material:
    """Everything in a folder; the larger one where it is there, unless another is named."""
    folder = folder or (LARGER if LARGER.is_dir() else OURS)
    written = _written(folder / "written", "")
    return Material(
        labelled=(
            *(
                dataclasses.replace(item, written=written)
                for item in _folder(folder / "interviews", "invented", folder / "call.json")
            ),
            *_folder(folder / "pdpilot", "real", folder / "pdpilot" / "schedule.json"),
            *_folder(folder / "qmsum", "meeting", None),
            *_folder(OTHER_CALLS, "other calls", None),
            *(
                dataclasses.replace(item, written=_written(LONGER_CALLS / "written", call_of(item)))
                for item in _folder(LONGER_CALLS, "longer calls", None)
            ),
        ),
    )


def call_of(item: Labelled) -> str:
    """The call that an interview such as “courts-2” belongs to."""
    return item.name.rpartition("-")[0]


def _folder(folder: Path, kind: str, schedule: Path | None) -> list[Labelled]:
    paths = [path for path in sorted(folder.glob("*.json")) if path.name != "schedule.json"]
    return [_labelled(path, kind, schedule) for path in paths]


def _written(folder: Path, call: str) -> tuple[dict[str, str], ...]:
    return tuple(written_from_json(_json(path)) for path in sorted(folder.glob(f"{call}*.json")))


def _labelled(path: Path, kind: str, schedule: Path | None) -> Labelled:
    data = _json(path)
    return Labelled(
        name=path.stem,
        kind=kind,
        segments=transcript_from_json(data).segments,
        truth=tuple(segment["question"] for segment in data["segments"]),
        schedule=schedule_from_any_json(_json(schedule) if schedule else data),
    )


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def shuffled(item: Labelled, seed: int) -> Labelled:
    """The same with its questions in another order, so that order cannot help."""
    questions = list(item.schedule.questions())
    random.Random(seed).shuffle(questions)
    schedule = Schedule(item.schedule.title, (Section("all", "All", tuple(questions)),))
    return dataclasses.replace(item, schedule=schedule)


def without_speakers(item: Labelled) -> Labelled:
    segments = tuple(dataclasses.replace(segment, speaker=None) for segment in item.segments)
    return dataclasses.replace(item, segments=segments)


def markers_for(item: Labelled, seed: int = 0, *, missed: float = MISSED) -> tuple[Marker, ...]:
    """One marker for each change of the true label to a question: early, late or, as often as `missed`, missing."""
    draw = random.Random(f"{item.name} {seed}")
    changes = [i for i, key in enumerate(item.truth) if key is not None and (i == 0 or item.truth[i - 1] != key)]
    marked = [_marker(item, i, draw.uniform(-TAP_SECONDS, TAP_SECONDS)) for i in changes if draw.random() >= missed]
    return tuple(sorted(marked, key=lambda marker: marker.at_seconds))


def _marker(item: Labelled, i: int, late_seconds: float) -> Marker:
    return Marker(max(0.0, item.segments[i].start + late_seconds), str(item.truth[i]))


def others(item: Labelled, material: Material) -> Sequence[ReviewedTranscript]:
    """The other interviews with the same schedule, as if people had reviewed them."""
    same = [other for other in material.labelled if other.schedule == item.schedule]
    return [other.reviewed for other in same if other.name != item.name]
