"""Record and queue reminders. Each reminder that was due has one row, with an email or as missed. Callers commit.

When reminders are due: reminder_times.py. Their text: reminder_mails.py.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from core import clock
from core.database import db
from core.models import OutboxMessage
from core.outbox import queue_mail
from interviews.models import Booking, BookingStatus, Invitation, Reminder, ReminderState, Slot, Volunteer
from interviews.reminders.due_reminders import PlannedReminder
from interviews.reminders.reminder_mails import compose_reminder

MAX_ROWS = 200


def list_missed_reminders(moment: datetime, *, limit: int = MAX_ROWS) -> list[Reminder]:
    query = select(Reminder).where(Reminder.state != ReminderState.QUEUED, Reminder.due_at > moment)
    booking = joinedload(Reminder.invitation).joinedload(Invitation.booking)
    person = booking.joinedload(Booking.volunteer).joinedload(Volunteer.participant)
    return list(db.session.scalars(query.order_by(Reminder.due_at.desc()).options(person).limit(limit)))


def find_active_slot(invitation: Invitation) -> Slot | None:
    booking = invitation.booking
    if booking is not None:
        return booking.slot if booking.status is BookingStatus.BOOKED else None
    return invitation.slot if invitation.slot and invitation.slot.withdrawn_at is None else None


def process_reminder(planned: PlannedReminder) -> None:
    invitation = _lock_invitation(planned)
    slot = find_active_slot(invitation) if invitation and not invitation.is_cancelled else None
    if invitation is None or slot is None or slot.starts_at != planned.starts_at:
        return
    row = Reminder(
        invitation_id=invitation.id,
        starts_at=planned.starts_at,
        minutes_before=planned.due_time.minutes_before,
        due_at=planned.due_time.due_at,
        state=ReminderState.MISSED,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return
    if planned.due_time.useful_until > clock.now():
        mail = _queue_reminder(invitation, slot, planned)
        row.state, row.mail_id = (ReminderState.QUEUED, mail.id) if mail else (ReminderState.UNREACHABLE, None)


def _lock_invitation(planned: PlannedReminder) -> Invitation | None:
    """Locked, so that a concurrent move or cancellation happens before or after."""
    query = select(Invitation).where(Invitation.id == planned.invitation_id)
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()


def _queue_reminder(invitation: Invitation, slot: Slot, planned: PlannedReminder) -> OutboxMessage | None:
    mail = compose_reminder(invitation, slot)
    if mail is None:
        return None
    is_secret = invitation.staff_member_id is None
    return queue_mail(mail, is_secret=is_secret, send_before=planned.due_time.useful_until)
