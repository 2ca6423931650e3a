"""Which of the files recorded at the same time has the transcript of all. Reads only.

Files join a group in track_groups.py. Nothing says when each one started, so they are assumed to start together.
"""

from sqlalchemy import select

from core.database import db
from core.errors import NotReadyError
from transcripts.models import Recording, RecordingState


def list_tracks(recording: Recording) -> list[Recording]:
    if recording.track_group is None:
        return [recording]
    query = select(Recording).where(
        Recording.track_group == recording.track_group, Recording.state != RecordingState.REFUSED
    )
    return list(db.session.scalars(query.order_by(Recording.position))) or [recording]


def get_primary_track(recording: Recording) -> Recording:
    return list_tracks(recording)[0]


def is_secondary_track(recording: Recording) -> bool:
    return recording.track_group is not None and get_primary_track(recording).id != recording.id


def require_complete_group(recording: Recording) -> list[Recording]:
    rows = list_tracks(recording)
    missing = max((row.track_count or 1) for row in rows) - sum(row.state is RecordingState.PLAYABLE for row in rows)
    if missing > 0:
        files = "one more file" if missing == 1 else f"{missing} more files"
        raise NotReadyError(
            f"Other files were recorded at the same time as this one. They are transcribed together, once {files} of"
            f" the same conversation {'has' if missing == 1 else 'have'} been uploaded and checked."
        )
    return rows


def describe_group(recording: Recording) -> str:
    if len(list_tracks(recording)) < 2 and (recording.track_count or 1) < 2:
        return ""
    first = get_primary_track(recording)
    belongs = f"This file belongs to recording {first.position}, which has the transcript of all speakers. "
    return (belongs if first.id != recording.id else "") + (
        "We assume that files recorded at the same time started at the same moment. If one was started later, its"
        " words appear too early in the transcript."
    )
