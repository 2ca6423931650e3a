"""Remind people of their interviews. Each reminder that fell due has one row: with a mail, or missed, and then listed.

When one falls due is reckoned in reminder_times.py; what it says stands in reminder_mails.py.
"""

import logging
import time
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from core import clock, jobs
from core.database import db, only_reading
from core.models import OutboxMessage
from core.outbox import queue_mail
from interviews.models import Booking, BookingStatus, Invitation, Reminder, ReminderState, Slot, Volunteer
from interviews.notices.due import Planned, due_now
from interviews.notices.reminder_mails import reminder_mail

MOST_ROWS = 200
SWEEP_SECONDS = 20.0  # what is left then comes with the next sweep, so that other mail is not held up

log = logging.getLogger(__name__)


@jobs.at_each_sweep
def remind() -> None:
    """Settle each reminder that fell due, in a transaction of its own."""
    ends_at = time.monotonic() + SWEEP_SECONDS
    with only_reading():
        planned = due_now()
        db.session.rollback()
    for one in planned:
        if time.monotonic() > ends_at:
            return
        _settle_alone(one)


def missed_since(moment: datetime, *, most: int = MOST_ROWS) -> list[Reminder]:
    """Reminders without a mail, newest first: the state says why."""
    wanted = select(Reminder).where(Reminder.state != ReminderState.QUEUED, Reminder.due_at > moment)
    booking = joinedload(Reminder.invitation).joinedload(Invitation.booking)
    person = booking.joinedload(Booking.volunteer).joinedload(Volunteer.participant)
    return list(db.session.scalars(wanted.order_by(Reminder.due_at.desc()).options(person).limit(most)))


def slot_of(invitation: Invitation) -> Slot | None:
    """When and where the event is, if it stands."""
    booking = invitation.booking
    if booking is not None:
        return booking.slot if booking.status is BookingStatus.BOOKED else None
    return invitation.slot if invitation.slot and invitation.slot.withdrawn_at is None else None


def _settle_alone(planned: Planned) -> None:
    try:
        _settle(planned)
        db.session.commit()
    except Exception:  # one that cannot be written must not keep the others back
        log.exception("The reminder of invitation %s waits for the next sweep", planned.invitation_id)
        db.session.rollback()


def _settle(planned: Planned) -> None:
    """A row and its mail, unless the booking has changed since or another worker was quicker."""
    invitation = _held(planned)
    slot = slot_of(invitation) if invitation and not invitation.is_cancelled else None
    if invitation is None or slot is None or slot.starts_at != planned.starts_at:
        return
    row = Reminder(
        invitation_id=invitation.id,
        starts_at=planned.starts_at,
        minutes_before=planned.due.minutes_before,
        due_at=planned.due.due_at,
        state=ReminderState.MISSED,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return
    if planned.due.useful_until > clock.now():
        mail = _mail(invitation, slot, planned)
        row.state, row.mail_id = (ReminderState.QUEUED, mail.id) if mail else (ReminderState.UNREACHABLE, None)


def _held(planned: Planned) -> Invitation | None:
    """Whoever moves or cancels the booking at this moment changes the invitation too, before us or after us."""
    wanted = select(Invitation).where(Invitation.id == planned.invitation_id)
    return db.session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).first()


def _mail(invitation: Invitation, slot: Slot, planned: Planned) -> OutboxMessage | None:
    mail = reminder_mail(invitation, slot)
    if mail is None:
        return None
    is_secret = invitation.staff_member_id is None
    return queue_mail(mail, is_secret=is_secret, send_before=planned.due.useful_until)
