"""Find the reminders that are due, or will be. Reckoned from bookings as they stand; nothing is written here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, extract, literal_column, null, or_, select, true

from core import clock
from core.database import db
from evidence.models import Participant
from interviews.models import Audience, Booking, BookingStatus, Invitation, Reminder, Slot, Volunteer
from interviews.models.bookings import HOLDS_PLACE
from interviews.notices.reminder_times import Due, reckoned
from interviews.notices.schedules import USUAL_TIMES, Times, times_by_call

LOOK_BACK = timedelta(days=30)  # a worker that stood still for longer lists no older ones as missed


@dataclass(frozen=True, slots=True)
class Planned:
    """One reminder to one person."""

    invitation_id: UUID
    audience: Audience
    reference: str | None  # None: whoever holds a group session
    starts_at: datetime
    due: Due


def due_now() -> list[Planned]:
    """All that fell due and have no row yet; earliest first. Some may be too late to be sent."""
    now = clock.now()
    return sorted(_planned(now - LOOK_BACK, now, is_new=True), key=lambda one: one.due.due_at)


def coming(until: datetime) -> list[Planned]:
    """All that fall due from now on; soonest first."""
    return sorted(_planned(clock.now(), until, is_new=False), key=lambda one: one.due.due_at)


def _planned(first: datetime, last: datetime, *, is_new: bool) -> Iterator[Planned]:
    """Those that fall due after `first`, up to `last`."""
    own = times_by_call()
    for number in sorted({*USUAL_TIMES, *(number for times in own.values() for number in times)}):
        before = timedelta(minutes=number)
        window = and_(Slot.starts_at > first + before, Slot.starts_at <= last + before, _reminds(number, own))
        for row in _rows(window, number, is_new=is_new):
            yield from _judged(row, number, own.get(row.call_id, USUAL_TIMES))


def _judged(row: Any, number: int, times: Times) -> Iterator[Planned]:
    for due in reckoned(row.starts_at, row.known_since, list(times)):
        if due.minutes_before == number and due.due_at > times[number]:
            yield Planned(row.id, row.audience, row.reference, row.starts_at, due)


def _reminds(number: int, own: dict[UUID, Times]) -> ColumnElement[bool]:
    """Whether the call of a slot reminds at this time."""
    conditions: list[ColumnElement[bool]] = [Slot.call_id.in_([call for call, times in own.items() if number in times])]
    if number in USUAL_TIMES:
        conditions.append(Slot.call_id.not_in(list(own)))
    return or_(*conditions)


def _rows(window: ColumnElement[bool], number: int, *, is_new: bool) -> Iterable[Any]:
    for wanted in (_of_bookings(number).where(window), _of_sessions(number).where(window)):
        yield from db.session.execute(wanted.where(_has_no_row(number) if is_new else true()))


def _of_bookings(number: int) -> Select[*tuple[Any, ...]]:
    is_passed_on = and_(Invitation.audience == Audience.INTERVIEWER, Slot.created_at > Booking.placed_at)
    known_since = case((is_passed_on, Slot.created_at), else_=Booking.placed_at)  # an interviewer it was passed on to
    known_in_time = _seconds(Slot.starts_at) - number * 60 >= _seconds(known_since)
    return (
        select(
            Invitation.id,
            Invitation.audience,
            Slot.call_id,
            Slot.starts_at,
            known_since.label("known_since"),
            Participant.reference,
        )
        .select_from(Slot)
        .join(Booking, Booking.slot_id == Slot.id)
        .join(Invitation, Invitation.booking_id == Booking.id)
        .join(Volunteer, Volunteer.id == Booking.volunteer_id)
        .join(Participant, Participant.id == Volunteer.participant_id)
        .where(HOLDS_PLACE, Booking.status == BookingStatus.BOOKED, Invitation.is_cancelled.is_(False), known_in_time)
    )


def _of_sessions(number: int) -> Select[*tuple[Any, ...]]:
    """The event of whoever holds a group session."""
    known_in_time = _seconds(Slot.starts_at) - number * 60 >= _seconds(Slot.created_at)
    return (
        select(
            Invitation.id,
            Invitation.audience,
            Slot.call_id,
            Slot.starts_at,
            Slot.created_at.label("known_since"),
            null().label("reference"),
        )
        .select_from(Slot)
        .join(Invitation, Invitation.slot_id == Slot.id)
        .where(Slot.withdrawn_at.is_(None), Invitation.is_cancelled.is_(False), known_in_time)
    )


def _has_no_row(number: int) -> ColumnElement[bool]:
    return ~exists().where(
        Reminder.invitation_id == Invitation.id,
        Reminder.starts_at == Slot.starts_at,
        Reminder.minutes_before == literal_column(str(number)),
    )


def _seconds(moment: Any) -> Any:
    return extract("epoch", moment)
