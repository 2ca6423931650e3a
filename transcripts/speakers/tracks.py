"""Files that ran at the same time, one for each speaker: which of them carries the transcript. Reads only.

How files come into a group is in together.py. Nothing tells when each began, so they are taken to have begun at once.
"""

from sqlalchemy import select

from core.database import db
from core.errors import NotYetError
from transcripts.models import Recording, RecordingState


def members(recording: Recording) -> list[Recording]:
    """All usable files of its group that are here, itself among them, in the order of the conversation."""
    if recording.track_group is None:
        return [recording]
    wanted = select(Recording).where(
        Recording.track_group == recording.track_group, Recording.state != RecordingState.REFUSED
    )
    return list(db.session.scalars(wanted.order_by(Recording.position))) or [recording]


def carrier(recording: Recording) -> Recording:
    """The file that carries the transcript of all."""
    return members(recording)[0]


def is_carried(recording: Recording) -> bool:
    """Whether another file carries its transcript."""
    return recording.track_group is not None and carrier(recording).id != recording.id


def complete(recording: Recording) -> list[Recording]:
    """Its group once every file is here and sound. Raises NotYetError."""
    here = members(recording)
    missing = max((row.track_count or 1) for row in here) - sum(row.state is RecordingState.SOUND for row in here)
    if missing > 0:
        files = "one more file" if missing == 1 else f"{missing} more files"
        raise NotYetError(
            f"This recording ran at the same time as others, and {files} of the same conversation must arrive and be"
            " checked first. They are written down together."
        )
    return here


def note_for(recording: Recording) -> str:
    """What its page says of the files that ran with it; "" where there are none."""
    if len(members(recording)) < 2 and (recording.track_count or 1) < 2:
        return ""
    first = carrier(recording)
    belongs = f"This file belongs to recording {first.position}, which has the text of all speakers. "
    return (belongs if first.id != recording.id else "") + (
        "Files that ran at the same time are taken to have begun at the same moment: if one was started later,"
        " its words stand too early in the text."
    )
