"""Labelled interviews to measure the mapping, from tests/data/mapping or a folder with the same layout."""

import dataclasses
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidence.schedule import Schedule, Section
from transcripts.mapping import ReviewedTranscript, TimedMarker
from transcripts.mapping.mapping_json import find_schedule_in_json, written_from_json
from transcripts.text.spoken import SpokenSegment
from transcripts.text.transcript_json import transcript_from_json

OWN_DATA = Path(__file__).resolve().parents[2] / "tests" / "data" / "mapping"
OTHER_CALLS = OWN_DATA / "other_calls"  # short invented interviews of five other schedules, written for this project
LONGER_CALLS = OWN_DATA / "longer_calls"  # as long as real ones: four invented interviews for each of sixteen schedules
SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"  # used if it exists
TAP_SECONDS = 5.0  # maximum distance of a marker from its question
MISSED_SHARE = 0.1  # share of questions without a marker


@dataclass(frozen=True, slots=True)
class LabelledInterview:
    name: str
    kind: str  # "invented", "real", "meeting", "other calls" or "longer calls"
    segments: tuple[SpokenSegment, ...]
    truth: tuple[str | None, ...]
    schedule: Schedule
    written: tuple[dict[str, str], ...] = ()  # what was written to the same call

    @property
    def to_reviewed(self) -> ReviewedTranscript:
        return ReviewedTranscript(self.segments, self.truth)


@dataclass(frozen=True, slots=True)
class LabelledMaterial:
    labelled: tuple[LabelledInterview, ...]

    def list_kind(self, kind: str) -> list[LabelledInterview]:
        return [item for item in self.labelled if item.kind == kind]


def read_material(folder: Path | None = None) -> LabelledMaterial:
    """Everything in a folder; the larger one where it is there, unless another is named."""
    folder = folder or (SHARED_DATA if SHARED_DATA.is_dir() else OWN_DATA)
    written = _read_written(folder / "written", "")
    return LabelledMaterial(
        labelled=(
            *(
                dataclasses.replace(item, written=written)
                for item in _read_folder(folder / "interviews", "invented", folder / "call.json")
            ),
            *_read_folder(folder / "pdpilot", "real", folder / "pdpilot" / "schedule.json"),
            *_read_folder(folder / "qmsum", "meeting", None),
            *_read_folder(OTHER_CALLS, "other calls", None),
            *(
                dataclasses.replace(item, written=_read_written(LONGER_CALLS / "written", get_call_name(item)))
                for item in _read_folder(LONGER_CALLS, "longer calls", None)
            ),
        ),
    )


def get_call_name(item: LabelledInterview) -> str:
    """The call that an interview such as “courts-2” belongs to."""
    return item.name.rpartition("-")[0]


def _read_folder(folder: Path, kind: str, schedule: Path | None) -> list[LabelledInterview]:
    paths = [path for path in sorted(folder.glob("*.json")) if path.name != "schedule.json"]
    return [_read_interview(path, kind, schedule) for path in paths]


def _read_written(folder: Path, call: str) -> tuple[dict[str, str], ...]:
    return tuple(written_from_json(_read_json(path)) for path in sorted(folder.glob(f"{call}*.json")))


def _read_interview(path: Path, kind: str, schedule: Path | None) -> LabelledInterview:
    data = _read_json(path)
    return LabelledInterview(
        name=path.stem,
        kind=kind,
        segments=transcript_from_json(data).segments,
        truth=tuple(segment["question"] for segment in data["segments"]),
        schedule=find_schedule_in_json(_read_json(schedule) if schedule else data),
    )


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def shuffle_questions(item: LabelledInterview, seed: int) -> LabelledInterview:
    """The same with its questions in another order, so that order cannot help."""
    questions = list(item.schedule.iter_questions())
    random.Random(seed).shuffle(questions)
    schedule = Schedule(item.schedule.title, (Section("all", "All", tuple(questions)),))
    return dataclasses.replace(item, schedule=schedule)


def remove_speakers(item: LabelledInterview) -> LabelledInterview:
    segments = tuple(dataclasses.replace(segment, speaker=None) for segment in item.segments)
    return dataclasses.replace(item, segments=segments)


def make_markers(item: LabelledInterview, seed: int = 0, *, missed: float = MISSED_SHARE) -> tuple[TimedMarker, ...]:
    """One marker for each change of the true label to a question: early, late or, as often as `missed`, missing."""
    draw = random.Random(f"{item.name} {seed}")
    changes = [i for i, key in enumerate(item.truth) if key is not None and (i == 0 or item.truth[i - 1] != key)]
    marked = [
        _make_marker(item, i, draw.uniform(-TAP_SECONDS, TAP_SECONDS)) for i in changes if draw.random() >= missed
    ]
    return tuple(sorted(marked, key=lambda marker: marker.at_seconds))


def _make_marker(item: LabelledInterview, i: int, late_seconds: float) -> TimedMarker:
    return TimedMarker(max(0.0, item.segments[i].start + late_seconds), str(item.truth[i]))


def list_other_interviews(item: LabelledInterview, material: LabelledMaterial) -> Sequence[ReviewedTranscript]:
    """The other interviews with the same schedule, as if people had reviewed them."""
    same = [other for other in material.labelled if other.schedule == item.schedule]
    return [other.to_reviewed for other in same if other.name != item.name]
