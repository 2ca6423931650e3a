"""Files recorded at the same time, one for each speaker, share a track group. Callers commit.

Its `track_count` is how many files the group has once all of them have arrived.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import func, select

from core.database import db
from core.errors import RuleError
from transcripts.models import Recording, RecordingState, Transcript, Upload, UploadState

ACTIVE_UPLOAD_STATES = (UploadState.INCOMPLETE, UploadState.COMPLETE)


class TrackGroupError(RuleError): ...


def parse_track_group(text: str) -> UUID | None:
    try:
        return UUID(hex=text) if text else None
    except ValueError as error:
        raise TrackGroupError("This page has expired. Please reload it.") from error


def join_group(row: Upload | Recording, group: UUID) -> None:
    if any(member.contribution_id != row.contribution_id for member in _list_members(group)):
        raise TrackGroupError("Files recorded at the same time have to belong to the same interview.")
    if _is_transcribed(group):
        raise TrackGroupError(
            "The other files of this group have already been transcribed. Please upload this one separately."
        )
    row.track_group = group
    _update_track_count(group)


def group_with(row: Recording, other: Recording, *, others_follow: bool) -> None:
    """`other`: a recording made at the same time, or `row` itself if it is the first of its group."""
    other.track_group = other.track_group or uuid4()
    row.track_group = other.track_group
    _update_track_count(row.track_group, others_follow=others_follow)


def leave_group(row: Upload | Recording) -> None:
    """For a file that does not arrive or cannot be used, so that the others stop waiting for it."""
    group, row.track_group, row.track_count = row.track_group, None, None
    if group is not None:
        _update_track_count(group)


def release_incomplete_groups(since: datetime) -> None:
    """Stops waiting for announced files in groups where none has arrived since then."""
    groups = select(Recording.track_group).where(Recording.track_group.is_not(None), Recording.track_count.is_not(None))
    quiet = groups.group_by(Recording.track_group).having(
        func.max(Recording.uploaded_at) < since, func.max(Recording.track_count) > func.count(Recording.id)
    )
    for group in db.session.scalars(quiet).all():
        _update_track_count(cast(UUID, group))


def list_other_tracks(recording: Recording) -> list[Recording]:
    if recording.track_group is None:
        return []
    others = select(Recording).where(Recording.track_group == recording.track_group, Recording.id != recording.id)
    return list(db.session.scalars(others.order_by(Recording.position)))


def filter_untranscribed(listed: Sequence[Recording]) -> list[Recording]:
    transcribed = {row.track_group or row.id for row in listed if row.transcripts}
    return [
        row
        for row in listed
        if row.state is not RecordingState.REFUSED and (row.track_group or row.id) not in transcribed
    ]


def _is_transcribed(group: UUID) -> bool:
    query = select(Transcript.id).join(Transcript.recording).where(Recording.track_group == group)
    return db.session.scalars(query.limit(1)).first() is not None


def _update_track_count(group: UUID, *, others_follow: bool = False) -> None:
    db.session.flush()
    members = _list_members(group)
    for row in members:
        row.track_count = len(members) + others_follow


def _list_members(group: UUID) -> list[Upload | Recording]:
    active = select(Upload).where(Upload.track_group == group, Upload.state.in_(ACTIVE_UPLOAD_STATES))
    stored = select(Recording).where(Recording.track_group == group)
    return [*db.session.scalars(active), *db.session.scalars(stored)]
