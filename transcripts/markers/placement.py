"""Where an interviewer's taps are in each recording, and how we know. Callers commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from accounts import audit
from core.database import db
from core.errors import RuleError
from evidence.calls import get_schedule
from transcripts.mapping import TimedMarker
from transcripts.markers import alignment, live_markers
from transcripts.markers.alignment import Tap
from transcripts.models import (
    CoverageStatus,
    Marker,
    MarkerKind,
    Recording,
    RecordingState,
    StartSource,
    Transcript,
    Upload,
)
from transcripts.recordings import recordings, tracks
from transcripts.text.stored_transcripts import load_segments

ASKING_KINDS = frozenset({MarkerKind.ASKED, MarkerKind.DECLINED})
MAX_DISTANCE_SECONDS = 24 * 3600.0
MAX_SHOWN_MARKERS = 3  # enough to check the alignment

# What an interviewer noted about a question, where the text alone says less.
STATUS_CHANGES: dict[MarkerKind, dict[CoverageStatus, CoverageStatus]] = {
    MarkerKind.ASKED: {CoverageStatus.NOT_ASKED: CoverageStatus.ASKED},
    MarkerKind.DECLINED: dict.fromkeys((CoverageStatus.NOT_ASKED, CoverageStatus.ASKED), CoverageStatus.DECLINED),
    MarkerKind.SKIPPED: {CoverageStatus.ASKED: CoverageStatus.NOT_ASKED},
}


class AlignmentSource(StrEnum):
    MANUAL = "hand"
    START_TAP = "begin tap"  # the interviewer tapped when switching the recorder on
    FILE_TIME = "file"  # the file's time less its length
    TEXT = "words"  # the taps are at turns that ask their questions


@dataclass(frozen=True, slots=True)
class Placement:
    began_at: datetime
    source: AlignmentSource
    markers: tuple[TimedMarker, ...]


@dataclass(frozen=True, slots=True)
class MarkerWithText:
    id: UUID
    at_seconds: float
    prompt: str
    text: str


class MarkersOutOfRangeError(RuleError): ...


def find_placement(transcript: Transcript) -> Placement | None:
    taps = _list_asking_taps(transcript)
    if not taps or not transcript.has_times:
        return None
    for source, began_at in _list_possible_starts(transcript, taps):
        markers = alignment.align_taps(taps, began_at, transcript.duration_seconds) if began_at else ()
        if began_at is not None and (markers or source is AlignmentSource.MANUAL):
            return Placement(began_at, source, markers)
    return None


def list_placed_markers(transcript: Transcript) -> tuple[TimedMarker, ...]:
    placement = find_placement(transcript)
    return placement.markers if placement else ()


def find_latest_kinds(transcript: Transcript) -> dict[str, MarkerKind]:
    rows = [
        row
        for row in live_markers.list_markers(transcript.contribution_id)
        if row.kind in STATUS_CHANGES and row.question_key
    ]
    if rows and _has_other_parts(transcript):
        rows = _filter_inside(rows, transcript, find_placement(transcript))
    return {str(row.question_key): row.kind for row in rows}


def adjust_status(status: CoverageStatus, kind: MarkerKind | None) -> CoverageStatus:
    return STATUS_CHANGES[kind].get(status, status) if kind else status


def list_first_markers(transcript: Transcript, placement: Placement) -> list[MarkerWithText]:
    schedule = get_schedule(transcript.contribution.schedule_version)
    rows = [row for row in live_markers.list_markers(transcript.contribution_id) if row.kind in ASKING_KINDS]
    inside = _filter_inside(rows, transcript, placement)[:MAX_SHOWN_MARKERS]
    return [
        MarkerWithText(
            row.id, seconds, schedule.get_question(str(row.question_key)).prompt, _find_text_at(transcript, seconds)
        )
        for row in inside
        for seconds in [max(0.0, (row.tapped_at - placement.began_at).total_seconds())]
    ]


def align_by_hand(recording: Recording, began_at: datetime) -> None:
    taps = live_markers.list_markers(recording.contribution_id)
    if not taps or abs((taps[0].tapped_at - began_at).total_seconds()) > MAX_DISTANCE_SECONDS:
        raise MarkersOutOfRangeError("The markers would be more than a day away from that time.")
    recording.began_at, recording.start_source = began_at, StartSource.MANUAL
    audit.record("markers lined up", recording, by_hand=True)
    live_markers.remap_interview(recording.contribution_id)


def align_automatically(recording: Recording) -> None:
    recording.began_at = recording.start_source = None
    set_start_from_file(recording)
    audit.record("markers lined up", recording, by_hand=False)
    live_markers.remap_interview(recording.contribution_id)


def set_start_from_file(recording: Recording) -> None:
    """The file's own time is when the recorder was switched off. A manual start stays."""
    ended_at = db.session.scalar(select(Upload.modified_at).where(Upload.recording_id == recording.id))
    if ended_at is None or recording.duration_seconds is None or recording.start_source is StartSource.MANUAL:
        return
    recording.began_at = ended_at - timedelta(seconds=recording.duration_seconds)
    recording.start_source = StartSource.UPLOAD


def _list_possible_starts(transcript: Transcript, taps: Sequence[Tap]) -> list[tuple[AlignmentSource, datetime | None]]:
    recording = transcript.recording
    stored_start = recording.began_at if recording else None
    if recording is not None and recording.start_source is StartSource.MANUAL:
        return [(AlignmentSource.MANUAL, stored_start)]
    schedule = get_schedule(transcript.contribution.schedule_version)
    start_by_text = alignment.estimate_start_from_text(taps, load_segments(transcript), schedule)
    return [
        (AlignmentSource.START_TAP, _find_start_tap(recording)),
        (AlignmentSource.TEXT, start_by_text),
        (AlignmentSource.FILE_TIME, stored_start),
    ]


def _find_start_tap(recording: Recording | None) -> datetime | None:
    """The nth tap for the nth recording; None unless there are as many taps as recordings."""
    if recording is None:
        return None
    taps = [row for row in live_markers.list_markers(recording.contribution_id) if row.kind is MarkerKind.BEGAN]
    played = [
        row
        for row in recordings.list_recordings(recording.contribution_id)
        if row.state is RecordingState.PLAYABLE and not tracks.is_secondary_track(row)
    ]
    if len(taps) != len(played) or recording not in played:
        return None
    return taps[played.index(recording)].tapped_at


def _list_asking_taps(transcript: Transcript) -> list[Tap]:
    schedule = get_schedule(transcript.contribution.schedule_version)
    return [
        Tap(row.tapped_at, row.question_key)
        for row in live_markers.list_markers(transcript.contribution_id)
        if row.kind in ASKING_KINDS and row.question_key and schedule.has_question(row.question_key)
    ]


def _filter_inside(rows: Sequence[Marker], transcript: Transcript, placement: Placement | None) -> list[Marker]:
    if placement is None:
        return []
    start = placement.began_at - timedelta(seconds=alignment.MAX_EARLY_SECONDS)
    end = placement.began_at + timedelta(seconds=transcript.duration_seconds)
    return [row for row in rows if start <= row.tapped_at <= end]


def _find_text_at(transcript: Transcript, seconds: float) -> str:
    closest = min(transcript.segments, key=lambda row: abs(row.start_seconds - seconds), default=None)
    return closest.text.strip() if closest else ""


def _has_other_parts(transcript: Transcript) -> bool:
    others = select(Transcript.id).where(
        Transcript.contribution_id == transcript.contribution_id, Transcript.position != transcript.position
    )
    return db.session.scalars(others.limit(1)).first() is not None
