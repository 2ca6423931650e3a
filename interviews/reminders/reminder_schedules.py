"""How long before an interview each call reminds people. What is due: due_reminders.py; callers commit."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, select

from accounts import audit
from core import clock
from core.database import db
from evidence.models import Call
from interviews.models import ReminderTime
from interviews.reminders.reminder_times import DEFAULT_TIMES

BEGINNING_OF_TIME = datetime.min.replace(tzinfo=UTC)
ReminderSchedule = Mapping[int, datetime]  # minutes before an interview, and since when the call has had this time
DEFAULT_SCHEDULE: ReminderSchedule = dict.fromkeys(DEFAULT_TIMES, BEGINNING_OF_TIME)


def load_schedules() -> dict[UUID, ReminderSchedule]:
    schedules: dict[UUID, dict[int, datetime]] = {}
    for row in db.session.scalars(select(ReminderTime)):
        schedules.setdefault(row.call_id, {})[row.minutes_before] = row.active_since
    return dict(schedules)


def list_reminder_times(call: Call) -> list[int]:
    """Minutes before an interview, longest first."""
    return sorted(load_schedules().get(call.id, DEFAULT_SCHEDULE), reverse=True)


def has_default_times(call: Call) -> bool:
    return call.id not in load_schedules()


def set_reminder_times(call: Call, minutes: Sequence[int]) -> None:
    """A new time applies from now on; an existing one keeps its start."""
    before = load_schedules().get(call.id, DEFAULT_SCHEDULE)
    _delete_times(call)
    now = clock.now()
    for number in minutes:
        db.session.add(ReminderTime(call_id=call.id, minutes_before=number, active_since=before.get(number, now)))
    db.session.flush()
    audit.record("reminder times changed", call, minutes=list(minutes))


def reset_reminder_times(call: Call) -> None:
    _delete_times(call)
    audit.record("reminder times back to usual", call)


def _delete_times(call: Call) -> None:
    db.session.execute(delete(ReminderTime).where(ReminderTime.call_id == call.id))
