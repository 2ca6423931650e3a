"""Where an interviewer's taps lie in each recording, and how that is known. markers.py keeps taps; callers commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from accounts import audit
from core.database import db
from core.errors import RuleError
from evidence.calls import schedule_of
from transcripts import lining_up, markers, recordings
from transcripts.lining_up import Tap
from transcripts.mapping import Marker as PlacedMarker
from transcripts.models import (
    BeginKnown,
    CoverageStatus,
    Marker,
    MarkerKind,
    Recording,
    RecordingState,
    Transcript,
    Upload,
)
from transcripts.speakers import tracks
from transcripts.stored_transcripts import spoken_segments

ASKING = frozenset({MarkerKind.ASKED, MarkerKind.DECLINED})
FURTHEST_SECONDS = 24 * 3600.0
MOST_SHOWN = 3  # enough to see whether they fit

# What an interviewer noted of a question, where the words themselves tell less.
TOLD: dict[MarkerKind, dict[CoverageStatus, CoverageStatus]] = {
    MarkerKind.ASKED: {CoverageStatus.NOT_ASKED: CoverageStatus.ASKED},
    MarkerKind.DECLINED: dict.fromkeys((CoverageStatus.NOT_ASKED, CoverageStatus.ASKED), CoverageStatus.DECLINED),
    MarkerKind.SKIPPED: {CoverageStatus.ASKED: CoverageStatus.NOT_ASKED},
}


class LinedUp(StrEnum):
    """How a recording's begin is known."""

    HAND = "hand"
    BEGIN_TAP = "begin tap"  # the interviewer tapped when the recorder was switched on
    FILE = "file"  # its own time less its length
    WORDS = "words"  # the taps fall on turns that ask their questions


@dataclass(frozen=True, slots=True)
class Placement:
    began_at: datetime
    how: LinedUp
    markers: tuple[PlacedMarker, ...]


@dataclass(frozen=True, slots=True)
class HeardMarker:
    """A tap with the words at its place."""

    id: UUID
    at_seconds: float
    prompt: str
    words: str


class OutOfReachError(RuleError):
    """The recording cannot have begun then."""


def placement(transcript: Transcript) -> Placement | None:
    """None where there are no taps, or where nothing tells where they lie."""
    taps = _taps(transcript)
    if not taps or not transcript.has_times:
        return None
    for how, began_at in _begins(transcript, taps):
        found = lining_up.placed(taps, began_at, transcript.duration_seconds) if began_at else ()
        if began_at is not None and (found or how is LinedUp.HAND):
            return Placement(began_at, how, found)
    return None


def markers_for(transcript: Transcript) -> tuple[PlacedMarker, ...]:
    """For the mapping."""
    found = placement(transcript)
    return found.markers if found else ()


def told_by(transcript: Transcript) -> dict[str, MarkerKind]:
    """What the interviewer noted last of each question of this part of the interview."""
    rows = [row for row in markers.of_interview(transcript.contribution_id) if row.kind in TOLD and row.question_key]
    if rows and _has_other_parts(transcript):
        rows = _inside(rows, transcript, placement(transcript))
    return {str(row.question_key): row.kind for row in rows}


def better(status: CoverageStatus, told: MarkerKind | None) -> CoverageStatus:
    """What the mapping found, unless the interviewer knows more."""
    return TOLD[told].get(status, status) if told else status


def first_heard(transcript: Transcript, found: Placement) -> list[HeardMarker]:
    """The first few, for somebody to look whether they fit."""
    schedule = schedule_of(transcript.contribution.schedule_version)
    rows = [row for row in markers.of_interview(transcript.contribution_id) if row.kind in ASKING]
    inside = _inside(rows, transcript, found)[:MOST_SHOWN]
    return [
        HeardMarker(row.id, seconds, schedule.question(str(row.question_key)).prompt, _heard_at(transcript, seconds))
        for row in inside
        for seconds in [max(0.0, (row.tapped_at - found.began_at).total_seconds())]
    ]


def line_up(recording: Recording, began_at: datetime) -> None:
    """By hand. Raises OutOfReachError."""
    taps = markers.of_interview(recording.contribution_id)
    if not taps or abs((taps[0].tapped_at - began_at).total_seconds()) > FURTHEST_SECONDS:
        raise OutOfReachError("The markers lie more than a day away from that time.")
    recording.began_at, recording.begin_known = began_at, BeginKnown.HAND
    audit.record("markers lined up", recording, by_hand=True)
    markers.map_again(recording.contribution_id)


def leave_to_machine(recording: Recording) -> None:
    """Forget what was set by hand."""
    recording.began_at = recording.begin_known = None
    note_begin(recording)
    audit.record("markers lined up", recording, by_hand=False)
    markers.map_again(recording.contribution_id)


def note_begin(recording: Recording) -> None:
    """The file's own time is when the recorder was switched off, as long as nobody knows better."""
    ended_at = db.session.scalar(select(Upload.modified_at).where(Upload.recording_id == recording.id))
    if ended_at is None or recording.duration_seconds is None or recording.begin_known is BeginKnown.HAND:
        return
    recording.began_at = ended_at - timedelta(seconds=recording.duration_seconds)
    recording.begin_known = BeginKnown.UPLOAD


def _begins(transcript: Transcript, taps: Sequence[Tap]) -> list[tuple[LinedUp, datetime | None]]:
    """The surest first."""
    recording = transcript.recording
    begin = recording.began_at if recording else None
    if recording is not None and recording.begin_known is BeginKnown.HAND:
        return [(LinedUp.HAND, begin)]
    schedule = schedule_of(transcript.contribution.schedule_version)
    by_words = lining_up.begin_by_words(taps, spoken_segments(transcript), schedule)
    return [(LinedUp.BEGIN_TAP, _begin_tap(recording)), (LinedUp.WORDS, by_words), (LinedUp.FILE, begin)]


def _begin_tap(recording: Recording | None) -> datetime | None:
    """Of the recording with the same number; nothing where there are not as many taps as recordings."""
    if recording is None:
        return None
    taps = [row for row in markers.of_interview(recording.contribution_id) if row.kind is MarkerKind.BEGAN]
    heard = [
        row
        for row in recordings.of_interview(recording.contribution_id)
        if row.state is RecordingState.SOUND and not tracks.is_carried(row)
    ]
    if len(taps) != len(heard) or recording not in heard:
        return None
    return taps[heard.index(recording)].tapped_at


def _taps(transcript: Transcript) -> list[Tap]:
    schedule = schedule_of(transcript.contribution.schedule_version)
    return [
        Tap(row.tapped_at, row.question_key)
        for row in markers.of_interview(transcript.contribution_id)
        if row.kind in ASKING and row.question_key and schedule.has_question(row.question_key)
    ]


def _inside(rows: Sequence[Marker], transcript: Transcript, found: Placement | None) -> list[Marker]:
    if found is None:
        return []
    start = found.began_at - timedelta(seconds=lining_up.EDGE_SECONDS)
    end = found.began_at + timedelta(seconds=transcript.duration_seconds)
    return [row for row in rows if start <= row.tapped_at <= end]


def _heard_at(transcript: Transcript, seconds: float) -> str:
    """The segment that begins closest to a moment."""
    closest = min(transcript.segments, key=lambda row: abs(row.start_seconds - seconds), default=None)
    return closest.text.strip() if closest else ""


def _has_other_parts(transcript: Transcript) -> bool:
    others = select(Transcript.id).where(
        Transcript.contribution_id == transcript.contribution_id, Transcript.position != transcript.position
    )
    return db.session.scalars(others.limit(1)).first() is not None
