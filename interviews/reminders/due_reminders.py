"""Find the reminders that are or will be due, calculated from the current bookings. Read-only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, extract, literal_column, null, or_, select, true

from core import clock
from core.database import db
from evidence.models import Participant
from interviews.models import (
    Booking,
    BookingStatus,
    Invitation,
    InviteeRole,
    Reminder,
    Slot,
    Volunteer,
)
from interviews.models.bookings import OCCUPIES_SEAT
from interviews.reminders.reminder_schedules import DEFAULT_SCHEDULE, ReminderSchedule, load_schedules
from interviews.reminders.reminder_times import DueTime, calculate_due_times

LOOKBACK_PERIOD = timedelta(days=30)  # after a longer outage, older reminders are not listed as missed


@dataclass(frozen=True, slots=True)
class PlannedReminder:
    invitation_id: UUID
    invitee_role: InviteeRole
    reference: str | None  # None: to the host of a group session
    starts_at: datetime
    due_time: DueTime


def list_due_reminders() -> list[PlannedReminder]:
    now = clock.now()
    return sorted(_iterate_planned(now - LOOKBACK_PERIOD, now, is_new=True), key=lambda one: one.due_time.due_at)


def list_upcoming_reminders(until: datetime) -> list[PlannedReminder]:
    return sorted(_iterate_planned(clock.now(), until, is_new=False), key=lambda one: one.due_time.due_at)


def _iterate_planned(first: datetime, last: datetime, *, is_new: bool) -> Iterator[PlannedReminder]:
    schedules = load_schedules()
    for number in sorted({*DEFAULT_SCHEDULE, *(number for times in schedules.values() for number in times)}):
        before = timedelta(minutes=number)
        window = and_(
            Slot.starts_at > first + before, Slot.starts_at <= last + before, _build_call_condition(number, schedules)
        )
        for row in _query_rows(window, number, is_new=is_new):
            yield from _iterate_due(row, number, schedules.get(row.call_id, DEFAULT_SCHEDULE))


def _iterate_due(row: Any, number: int, schedule: ReminderSchedule) -> Iterator[PlannedReminder]:
    for due in calculate_due_times(row.starts_at, row.known_since, list(schedule)):
        if due.minutes_before == number and due.due_at > schedule[number]:
            yield PlannedReminder(row.id, row.invitee_role, row.reference, row.starts_at, due)


def _build_call_condition(number: int, schedules: dict[UUID, ReminderSchedule]) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [
        Slot.call_id.in_([call for call, times in schedules.items() if number in times])
    ]
    if number in DEFAULT_SCHEDULE:
        conditions.append(Slot.call_id.not_in(list(schedules)))
    return or_(*conditions)


def _query_rows(window: ColumnElement[bool], number: int, *, is_new: bool) -> Iterable[Any]:
    for query in (_select_booking_reminders(number).where(window), _select_session_reminders(number).where(window)):
        yield from db.session.execute(query.where(_is_unrecorded(number) if is_new else true()))


def _select_booking_reminders(number: int) -> Select[*tuple[Any, ...]]:
    is_reassigned = and_(Invitation.invitee_role == InviteeRole.INTERVIEWER, Slot.created_at > Booking.slot_chosen_at)
    known_since = case(
        (is_reassigned, Slot.created_at), else_=Booking.slot_chosen_at
    )  # a new interviewer knows of it since then
    known_in_time = _to_epoch_seconds(Slot.starts_at) - number * 60 >= _to_epoch_seconds(known_since)
    return (
        select(
            Invitation.id,
            Invitation.invitee_role,
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
        .where(OCCUPIES_SEAT, Booking.status == BookingStatus.BOOKED, Invitation.is_cancelled.is_(False), known_in_time)
    )


def _select_session_reminders(number: int) -> Select[*tuple[Any, ...]]:
    known_in_time = _to_epoch_seconds(Slot.starts_at) - number * 60 >= _to_epoch_seconds(Slot.created_at)
    return (
        select(
            Invitation.id,
            Invitation.invitee_role,
            Slot.call_id,
            Slot.starts_at,
            Slot.created_at.label("known_since"),
            null().label("reference"),
        )
        .select_from(Slot)
        .join(Invitation, Invitation.slot_id == Slot.id)
        .where(Slot.withdrawn_at.is_(None), Invitation.is_cancelled.is_(False), known_in_time)
    )


def _is_unrecorded(number: int) -> ColumnElement[bool]:
    return ~exists().where(
        Reminder.invitation_id == Invitation.id,
        Reminder.starts_at == Slot.starts_at,
        Reminder.minutes_before == literal_column(str(number)),
    )


def _to_epoch_seconds(moment: Any) -> Any:
    return extract("epoch", moment)
