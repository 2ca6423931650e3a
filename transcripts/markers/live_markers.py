"""Record and undo an interviewer's taps during an interview. Their positions in a recording: placement.py.

Callers commit.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.text_cleaning import clean_text
from evidence.calls import get_schedule
from evidence.models import Contribution
from transcripts.markers.payload import SentTap, SentUndo
from transcripts.models import Marker, MarkerKind, Transcript
from transcripts.recordings import interview_lock, processing_jobs

MAX_MARKERS = 1000  # per interview: a question every ten seconds for almost three hours
CLOCK_TOLERANCE = timedelta(seconds=2)  # the page's error; a tap further in the future counts as just now
KINDS_WITHOUT_QUESTION = frozenset({MarkerKind.BEGAN, MarkerKind.NOTE})


class TapRefusedError(RuleError): ...


def record_taps(contribution: Contribution, payload: Sequence[SentTap | SentUndo], by: UUID) -> dict[UUID, str]:
    """Store each tap once, however often it is sent. Returns the reasons for refused taps, by id."""
    interview_lock.lock_interview(contribution.id)
    refused: dict[UUID, str] = {}
    has_changed = False
    for tap in payload:
        try:
            has_changed |= (
                record_tap(contribution, tap, by) if isinstance(tap, SentTap) else undo_tap(contribution, tap.id)
            )
        except TapRefusedError as error:
            refused[tap.id] = str(error)
    if has_changed:
        remap_interview(contribution.id)
    return refused


def record_tap(contribution: Contribution, tap: SentTap, by: UUID) -> bool:
    existing = db.session.get(Marker, tap.id)
    if existing is not None:
        return _accept_duplicate(existing, contribution)
    _validate_tap(contribution, tap)
    now = clock.now()
    row = Marker(
        id=tap.id,
        contribution_id=contribution.id,
        made_by=by,
        kind=tap.kind,
        question_key=tap.question_key,
        note=clean_text(tap.note).strip(),
        tapped_at=now if tap.at > now + CLOCK_TOLERANCE else tap.at,
        received_at=now,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("marker set", row, kind=row.kind.value, question=row.question_key)
    return True


def undo_tap(contribution: Contribution, marker_id: UUID) -> bool:
    row = db.session.get(Marker, marker_id)
    if row is None or row.contribution_id != contribution.id or row.undone_at is not None:
        return False
    row.undone_at = clock.now()
    audit.record("marker taken back", row, kind=row.kind.value, question=row.question_key)
    return True


def list_markers(contribution_id: UUID) -> list[Marker]:
    query = select(Marker).where(Marker.contribution_id == contribution_id, Marker.undone_at.is_(None))
    return list(db.session.scalars(query.order_by(Marker.tapped_at, Marker.received_at, Marker.id)))


def remap_interview(contribution_id: UUID) -> None:
    db.session.flush()
    query = select(Transcript.id).where(
        Transcript.contribution_id == contribution_id, Transcript.mapped_at.is_not(None)
    )
    for transcript_id in db.session.scalars(query.order_by(Transcript.id)).all():
        processing_jobs.enqueue_mapping(transcript_id)


def _accept_duplicate(row: Marker, contribution: Contribution) -> bool:
    if row.contribution_id != contribution.id:
        raise TapRefusedError("This tap belongs to another interview.")
    return False


def _validate_tap(contribution: Contribution, tap: SentTap) -> None:
    if tap.question_key is None:
        if tap.kind not in KINDS_WITHOUT_QUESTION:
            raise TapRefusedError("Choose the question.")
    elif not get_schedule(contribution.schedule_version).has_question(tap.question_key):
        raise TapRefusedError("This interview has no such question.")
    if tap.kind is MarkerKind.NOTE and not clean_text(tap.note).strip():
        raise TapRefusedError("The note is empty.")
    count = db.session.scalar(select(func.count(Marker.id)).where(Marker.contribution_id == contribution.id)) or 0
    if count >= MAX_MARKERS:
        raise TapRefusedError(f"There are already {MAX_MARKERS} markers, which is the limit.")
