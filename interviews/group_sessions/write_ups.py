"""The write-up of a group session: written by staff, sent to those who came, who may comment. Callers commit.

Attendees read the text that was sent last; what staff write after that is shown when it is sent again.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from interviews.group_sessions import session_mail
from interviews.group_sessions.attendance import list_seated_bookings
from interviews.group_sessions.session_mail import SessionMail
from interviews.models import Booking, BookingStatus, Slot, Volunteer, WriteUp, WriteUpComment

MAX_UNREAD_SHOWN = 200


class WriteUpTooEarlyError(RuleError):
    """The session has not begun, or was cancelled."""


class WriteUpChangedError(RuleError): ...


class NoAttendeesError(RuleError): ...


class WriteUpAlreadySentError(RuleError):
    """The form was sent twice, or by two people."""


def find_write_up(slot: Slot) -> WriteUp | None:
    return db.session.scalars(select(WriteUp).where(WriteUp.slot_id == slot.id)).first()


def save_draft(slot: Slot, text: str, *, by: UUID, expected_version: str = "") -> WriteUp:
    """`expected_version`: of the draft that the writer started from."""
    lock_row(slot)
    if slot.withdrawn_at is not None or slot.starts_at > clock.now():
        raise WriteUpTooEarlyError("You can write a summary once the session has started.")
    row = find_write_up(slot)
    if row is not None:
        db.session.refresh(row)
    if expected_version != get_draft_version(row):
        raise WriteUpChangedError("Someone else has saved the summary since you opened it. Combine the two texts.")
    if row is None:
        row = WriteUp(slot_id=slot.id, text=text, written_by=by, updated_at=clock.now())
        db.session.add(row)
    row.text, row.written_by, row.updated_at = text, by, clock.now()
    db.session.flush()
    audit.record("write-up saved", row)
    return row


def get_draft_version(row: WriteUp | None) -> str:
    return row.updated_at.isoformat() if row is not None else ""


def send_to_attendees(row: WriteUp, *, expected_version: str = "") -> int:
    """Returns the number of attendees. `expected_version`: the sent version that the sender saw."""
    lock_row(row.slot)
    db.session.refresh(row)
    if expected_version != get_sent_version(row):
        raise WriteUpAlreadySentError("The summary has just been sent.")
    came = list_attended_bookings(row.slot)
    if not came:
        raise NoAttendeesError("First record who came. There is no one to send the summary to yet.")
    is_again = row.sent_at is not None
    row.sent_text, row.sent_at = row.text, clock.now()
    db.session.flush()
    audit.record("write-up sent", row, count=len(came))
    session_mail.queue_notices(
        notice
        for booking in came
        for notice in session_mail.build_notices_without_event(
            row.slot, booking.volunteer, SessionMail.WRITE_UP, is_again=is_again
        )
    )
    return len(came)


def get_sent_version(row: WriteUp) -> str:
    return _format_timestamp(row.sent_at)


def list_attended_bookings(slot: Slot) -> list[Booking]:
    return [booking for booking in list_seated_bookings(slot) if booking.status is BookingStatus.COMPLETED]


def find_sent_write_up(slot: Slot, volunteer: Volunteer) -> WriteUp | None:
    query = select(WriteUp).where(WriteUp.slot_id == slot.id, WriteUp.sent_at.is_not(None))
    has_come = select(Booking.id).where(
        Booking.slot_id == slot.id, Booking.volunteer_id == volunteer.id, Booking.status == BookingStatus.COMPLETED
    )
    return db.session.scalars(query.where(has_come.exists())).first()


def add_comment(row: WriteUp, volunteer: Volunteer, text: str) -> WriteUpComment:
    comment = WriteUpComment(write_up_id=row.id, volunteer_id=volunteer.id, text=text, created_at=clock.now())
    db.session.add(comment)
    db.session.flush()
    audit.record("write-up commented on", row)
    return comment


def list_comments(row: WriteUp, volunteer: Volunteer | None = None) -> list[WriteUpComment]:
    query = select(WriteUpComment).where(WriteUpComment.write_up_id == row.id)
    if volunteer is not None:
        query = query.where(WriteUpComment.volunteer_id == volunteer.id)
    people = joinedload(WriteUpComment.volunteer).joinedload(Volunteer.participant)
    return list(db.session.scalars(query.order_by(WriteUpComment.created_at, WriteUpComment.id).options(people)))


def list_unread_comments(host_id: UUID | None) -> list[WriteUpComment]:
    query = select(WriteUpComment).join(WriteUpComment.write_up).join(WriteUp.slot)
    query = query.where(WriteUpComment.read_at.is_(None))
    if host_id is not None:
        query = query.where(Slot.interviewer_id == host_id)
    people = joinedload(WriteUpComment.volunteer).joinedload(Volunteer.participant)
    session = contains_eager(WriteUpComment.write_up).contains_eager(WriteUp.slot)
    order = (WriteUpComment.created_at, WriteUpComment.id)
    return list(db.session.scalars(query.order_by(*order).limit(MAX_UNREAD_SHOWN).options(people, session)))


def mark_comment_read(row: WriteUp, comment_id: UUID, *, by: UUID) -> None:
    comment = db.session.get(WriteUpComment, comment_id)
    if comment is not None and comment.write_up_id == row.id and comment.read_at is None:
        comment.read_at, comment.read_by = clock.now(), by
        audit.record("write-up comment read", row)


def _format_timestamp(at: datetime | None) -> str:
    return at.isoformat() if at is not None else ""
