"""How long before an interview each call reminds people. What falls due: reminder_times.py; callers commit."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, select

from accounts import audit
from core import clock
from core.database import db
from evidence.models import Call
from interviews.models import ReminderTime
from interviews.notices.reminder_times import USUAL

ALWAYS = datetime.min.replace(tzinfo=UTC)
Times = Mapping[int, datetime]  # minutes before an interview, and since when the call reminds then
USUAL_TIMES: Times = dict.fromkeys(USUAL, ALWAYS)


def times_by_call() -> dict[UUID, Times]:
    """Of the calls that have times of their own; all others have the usual ones."""
    found: dict[UUID, dict[int, datetime]] = {}
    for row in db.session.scalars(select(ReminderTime)):
        found.setdefault(row.call_id, {})[row.minutes_before] = row.since
    return dict(found)


def times_of(call: Call) -> list[int]:
    """Minutes before an interview, longest first."""
    return sorted(times_by_call().get(call.id, USUAL_TIMES), reverse=True)


def is_usual(call: Call) -> bool:
    return call.id not in times_by_call()


def set_times(call: Call, minutes: Sequence[int]) -> None:
    """A time that is new holds from now on; one that was there stays as it was."""
    before = times_by_call().get(call.id, USUAL_TIMES)
    _forget(call)
    now = clock.now()
    for number in minutes:
        db.session.add(ReminderTime(call_id=call.id, minutes_before=number, since=before.get(number, now)))
    db.session.flush()
    audit.record("reminder times changed", call, minutes=list(minutes))


def back_to_usual(call: Call) -> None:
    _forget(call)
    audit.record("reminder times back to usual", call)


def _forget(call: Call) -> None:
    db.session.execute(delete(ReminderTime).where(ReminderTime.call_id == call.id))
