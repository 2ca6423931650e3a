"""Files that ran at the same time, one for each speaker: which of them carries the transcript. Reads only.

How files come into a group is in together.py. Nothing tells when each began, so they are taken to have begun at once.
"""

from sqlalchemy import select

from core.database import db
from core.errors import NotReadyError
from transcripts.models import Recording, RecordingState


def list_tracks(recording: Recording) -> list[Recording]:
    """All usable files of its group that are here, itself among them, in the order of the conversation."""
    if recording.track_group is None:
        return [recording]
    wanted = select(Recording).where(
        Recording.track_group == recording.track_group, Recording.state != RecordingState.REFUSED
    )
    return list(db.session.scalars(wanted.order_by(Recording.position))) or [recording]


def get_primary_track(recording: Recording) -> Recording:
    """The file that carries the transcript of all."""
    return list_tracks(recording)[0]


def is_secondary_track(recording: Recording) -> bool:
    """Whether another file carries its transcript."""
    return recording.track_group is not None and get_primary_track(recording).id != recording.id


def require_complete_group(recording: Recording) -> list[Recording]:
    """Its group once every file is here and sound. Raises NotYetError."""
    here = list_tracks(recording)
    missing = max((row.track_count or 1) for row in here) - sum(row.state is RecordingState.PLAYABLE for row in here)
    if missing > 0:
        files = "one more file" if missing == 1 else f"{missing} more files"
        raise NotReadyError(
            f"This recording ran at the same time as others, and {files} of the same conversation must arrive and be"
            " checked first. They are written down together."
        )
    return here


def describe_group(recording: Recording) -> str:
    """What its page says of the files that ran with it; "" where there are none."""
    if len(list_tracks(recording)) < 2 and (recording.track_count or 1) < 2:
        return ""
    first = get_primary_track(recording)
    belongs = f"This file belongs to recording {first.position}, which has the text of all speakers. "
    return (belongs if first.id != recording.id else "") + (
        "Files that ran at the same time are taken to have begun at the same moment: if one was started later,"
        " its words stand too early in the text."
    )
