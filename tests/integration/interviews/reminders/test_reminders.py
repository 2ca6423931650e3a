"""Reminders: who gets which when, never twice, never too late, never of what has changed."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock, outbox
from core.database import db
from core.models import MailState, OutboxMessage
from interviews.bookings import bookings, staff_changes
from interviews.models import Booking, BookingStatus, Invitation, Reminder, ReminderState
from interviews.reminders import due_reminders, reminder_schedules, reminders, tasks
from interviews.reminders.queued_reminders import OUTDATED_REASON
from interviews.wordings import wordings
from interviews.wordings.wording_kinds import WORDING_KINDS
from interviews.wordings.wordings import Wording
from tests.support import (
    make,
    make_availability,
    make_evidence,
    make_group_sessions,
    make_interviews,
)

pytestmark = pytest.mark.one_database

WEEK, DAY, HOUR = timedelta(days=7), timedelta(days=1), timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def booking(app: Flask) -> Booking:
    """Of an interview in nine days or more, its first mails gone."""
    call = make_evidence.call()
    slot = make_interviews.slot(call, make_interviews.interviewer(), make_interviews.next_week(days=3))
    made = make_interviews.booking(make_interviews.volunteer(call), slot)
    make.run_jobs()
    return made


def at(moment: datetime, *actions: Callable[[], object]) -> None:
    db.session.commit()
    with clock.freeze_at(moment):
        for action in actions:
            action()
    db.session.rollback()


def the_reminders() -> list[tuple[int, ReminderState]]:
    rows = db.session.scalars(select(Reminder).order_by(Reminder.due_at, Reminder.id))
    return [(row.minutes_before, row.state) for row in rows]


def reminder_mails() -> list[OutboxMessage]:
    query = select(OutboxMessage).join(Reminder, Reminder.mail_id == OutboxMessage.id)
    return list(db.session.scalars(query.order_by(OutboxMessage.number)))


def states() -> set[MailState]:
    return {mail.state for mail in reminder_mails()}


def start_of(booking: Booking) -> datetime:
    return booking.slot.starts_at


def test_nothing_is_due_before_its_time(booking: Booking) -> None:
    at(start_of(booking) - WEEK - MINUTE, tasks.send_due_reminders)

    assert the_reminders() == []


def test_both_sides_are_reminded_a_week_before(booking: Booking) -> None:
    at(start_of(booking) - WEEK + MINUTE, tasks.send_due_reminders)

    assert the_reminders() == [(7 * 24 * 60, ReminderState.QUEUED)] * 2
    assert {mail.recipient for mail in reminder_mails()} == {"dev@home.example", "ben@charity.example"}


def test_no_reminder_is_written_twice(booking: Booking) -> None:
    at(start_of(booking) - DAY + MINUTE, tasks.send_due_reminders, tasks.send_due_reminders)

    assert len(reminder_mails()) == 2


def test_anyone_who_books_late_gets_no_reminder_that_was_due_before(app: Flask) -> None:
    slot = make_interviews.slot(make_evidence.call(), make_interviews.interviewer(), make_interviews.next_week(days=3))
    volunteer = make_interviews.volunteer(slot.call)
    db.session.commit()
    booked_at = slot.starts_at - timedelta(days=2)

    with clock.freeze_at(booked_at):
        bookings.book(slot, volunteer)
    at(booked_at + MINUTE, tasks.send_due_reminders)

    assert the_reminders() == []


def test_a_worker_that_comes_late_sends_what_is_of_use_and_lists_the_rest_as_missed(booking: Booking) -> None:
    at(start_of(booking) - DAY + HOUR, tasks.send_due_reminders)

    assert sorted(set(the_reminders())) == [(24 * 60, ReminderState.QUEUED), (7 * 24 * 60, ReminderState.MISSED)]
    assert len(reminder_mails()) == 2


def test_after_the_start_nothing_is_sent_and_all_is_listed(booking: Booking) -> None:
    at(start_of(booking) + MINUTE, tasks.send_due_reminders)

    assert {state for _, state in the_reminders()} == {ReminderState.MISSED}
    assert len(reminders.list_missed_reminders(start_of(booking) - timedelta(days=30))) == 6


def test_a_reminder_that_waited_too_long_in_the_outbox_is_listed_and_not_sent(booking: Booking) -> None:
    at(start_of(booking) - HOUR + MINUTE, tasks.send_due_reminders)

    at(start_of(booking), outbox.expire_late_mails, make.run_jobs)

    assert states() == {MailState.EXPIRED}
    assert {mail.failure for mail in reminder_mails()} == {outbox.TOO_LATE_REASON}


def test_a_reminder_that_is_late_when_its_turn_comes_is_not_sent(booking: Booking) -> None:
    at(start_of(booking) - HOUR + MINUTE, tasks.send_due_reminders)

    at(start_of(booking) + MINUTE, make.run_jobs)

    assert states() == {MailState.EXPIRED}


def test_a_late_reminder_keeps_no_personal_link(booking: Booking) -> None:
    at(start_of(booking) - HOUR + MINUTE, tasks.send_due_reminders)

    at(start_of(booking), outbox.expire_late_mails)

    assert not any("/link/" in mail.text + mail.html for mail in reminder_mails())


def test_a_reminder_that_is_in_time_leaves(booking: Booking) -> None:
    at(start_of(booking) - HOUR + MINUTE, tasks.send_due_reminders, make.run_jobs)

    assert states() == {MailState.SAVED_AS_FILE}


def test_a_cancelled_interview_is_not_reminded_of(booking: Booking) -> None:
    bookings.cancel(booking)

    at(start_of(booking) - DAY + MINUTE, tasks.send_due_reminders)

    assert the_reminders() == []


def test_a_reminder_in_the_outbox_does_not_outlive_its_interview(booking: Booking) -> None:
    at(start_of(booking) - DAY - HOUR * 20, tasks.send_due_reminders)
    at(start_of(booking) - DAY - HOUR * 19, lambda: bookings.cancel(booking), db.session.commit)

    at(start_of(booking) - DAY - HOUR * 19, make.run_jobs)

    assert states() == {MailState.EXPIRED}
    assert {mail.failure for mail in reminder_mails()} == {OUTDATED_REASON}


def test_an_interview_that_moved_is_reminded_of_again_at_its_new_time(booking: Booking) -> None:
    at(start_of(booking) - WEEK + MINUTE, tasks.send_due_reminders)
    later = make_interviews.slot(booking.slot.call, booking.slot.interviewer, start_of(booking) + timedelta(days=14))
    at(start_of(booking) - WEEK + HOUR, lambda: bookings.move(booking, later), db.session.commit)

    at(start_of(booking) - WEEK + MINUTE, tasks.send_due_reminders)

    assert the_reminders() == [(7 * 24 * 60, ReminderState.QUEUED)] * 4
    assert [mail.state for mail in reminder_mails()] == [MailState.EXPIRED] * 2 + [MailState.QUEUED] * 2


def test_a_new_interviewer_gets_no_reminder_that_was_due_before(booking: Booking) -> None:
    zoe = make_interviews.interviewer("zoe")

    at(
        start_of(booking) - 2 * HOUR,
        lambda: staff_changes.reassign(booking, zoe),
        db.session.commit,
        tasks.send_due_reminders,
    )
    at(start_of(booking) - HOUR + MINUTE, tasks.send_due_reminders)

    to_zoe = select(Reminder.minutes_before).join(Reminder.invitation).where(Invitation.attendee == zoe.email)
    assert db.session.scalars(to_zoe).all() == [60]


def test_an_interview_of_which_staff_noted_what_became_is_not_reminded_of(booking: Booking) -> None:
    booking.status = BookingStatus.NO_SHOW

    at(start_of(booking) - DAY + MINUTE, tasks.send_due_reminders)

    assert the_reminders() == []


def test_a_reminder_goes_to_the_address_that_the_person_has_now(booking: Booking) -> None:
    contact = booking.volunteer.participant.contact
    assert contact is not None
    contact.email = "dev@new.example"

    at(start_of(booking) - DAY + MINUTE, tasks.send_due_reminders)

    assert {mail.recipient for mail in reminder_mails()} == {"dev@new.example", "ben@charity.example"}


def test_somebody_without_an_address_any_more_is_listed_as_unreachable(booking: Booking) -> None:
    booking.volunteer.participant.contact = None

    at(start_of(booking) - WEEK + MINUTE, tasks.send_due_reminders)

    assert sorted(state for _, state in the_reminders()) == [ReminderState.QUEUED, ReminderState.UNREACHABLE]
    assert len(reminders.list_missed_reminders(start_of(booking) - 2 * WEEK)) == 1


def test_the_volunteers_reminder_has_links_to_move_and_cancel_and_no_calendar(booking: Booking) -> None:
    at(start_of(booking) - DAY + MINUTE, tasks.send_due_reminders)

    (mail,) = (mail for mail in reminder_mails() if mail.is_secret)
    assert "/move" in mail.text
    assert "/cancel" in mail.text
    assert mail.calendar is None
    assert mail.subject == "Reminder: your interview"


def test_the_interviewers_reminder_has_the_reference_and_no_name(booking: Booking) -> None:
    at(start_of(booking) - DAY + MINUTE, tasks.send_due_reminders)

    (mail,) = (mail for mail in reminder_mails() if not mail.is_secret)
    assert booking.volunteer.participant.reference in mail.text
    assert "Dev" not in mail.text


def test_a_reminder_shows_the_clocks_of_the_person(booking: Booking) -> None:
    booking.volunteer.zone = "America/New_York"

    at(start_of(booking) - DAY + MINUTE, tasks.send_due_reminders)

    (mail,) = (mail for mail in reminder_mails() if mail.is_secret)
    assert "New York time" in mail.text


def test_the_interviewer_is_reminded_on_their_own_clocks(booking: Booking) -> None:
    make_availability.interviewer_profile(booking.slot.interviewer, zone="America/New_York")
    db.session.commit()

    at(start_of(booking) - DAY + MINUTE, tasks.send_due_reminders)

    (mail,) = (mail for mail in reminder_mails() if not mail.is_secret)
    assert "New York time" in mail.text


def test_a_call_has_its_own_times(booking: Booking) -> None:
    reminder_schedules.set_reminder_times(booking.slot.call, [2 * 24 * 60])

    at(start_of(booking) - timedelta(days=2) + MINUTE, tasks.send_due_reminders)

    assert the_reminders() == [(2 * 24 * 60, ReminderState.QUEUED)] * 2


def test_a_time_that_is_added_lists_nothing_as_missed(booking: Booking) -> None:
    db.session.commit()
    with clock.freeze_at(start_of(booking) - timedelta(hours=30)):
        reminder_schedules.set_reminder_times(booking.slot.call, [3 * 24 * 60, 24 * 60])
        db.session.commit()

    at(start_of(booking) - timedelta(hours=29), tasks.send_due_reminders)

    assert the_reminders() == []


def test_a_time_that_stays_in_the_list_is_not_forgotten(booking: Booking) -> None:
    db.session.commit()
    with clock.freeze_at(start_of(booking) - timedelta(hours=20)):
        reminder_schedules.set_reminder_times(booking.slot.call, [24 * 60, 2 * 60])
        db.session.commit()

    at(start_of(booking) - timedelta(hours=19), tasks.send_due_reminders)

    assert the_reminders() == [(24 * 60, ReminderState.QUEUED)] * 2


def test_the_usual_times_come_back(booking: Booking) -> None:
    reminder_schedules.set_reminder_times(booking.slot.call, [30])

    reminder_schedules.reset_reminder_times(booking.slot.call)

    assert reminder_schedules.has_default_times(booking.slot.call)
    assert reminder_schedules.list_reminder_times(booking.slot.call) == [10080, 1440, 60]


def test_what_is_coming_is_calculated_before_it_is_due(booking: Booking) -> None:
    db.session.commit()

    with clock.freeze_at(start_of(booking) - DAY - HOUR):
        found = due_reminders.list_upcoming_reminders(start_of(booking) - timedelta(minutes=30))

    assert [one.due_time.minutes_before for one in found] == [24 * 60, 24 * 60, 60, 60]
    assert {one.reference for one in found} == {booking.volunteer.participant.reference}


def test_what_was_sent_is_not_coming(booking: Booking) -> None:
    at(start_of(booking) - DAY + MINUTE, tasks.send_due_reminders)

    with clock.freeze_at(start_of(booking) - DAY + 2 * MINUTE):
        found = due_reminders.list_upcoming_reminders(start_of(booking) - 2 * HOUR)

    assert found == []


def reminded_session() -> list[OutboxMessage]:
    """The reminders of a session with two people, a day before it."""
    session, seats, _ = make_group_sessions.full_session("Fay")
    assert len(seats) == 2
    at(session.starts_at - DAY + MINUTE, tasks.send_due_reminders)
    return reminder_mails()


def test_each_person_in_a_session_and_its_interviewer_are_reminded_alone(app: Flask) -> None:
    mails = reminded_session()

    assert len(mails) == 3
    assert len({mail.recipient for mail in mails}) == 3
    assert {mail.is_secret for mail in mails} == {True, False}


def test_a_reminder_of_a_session_has_a_link_to_give_up_the_seat(app: Flask) -> None:
    mails = reminded_session()

    assert all("give up your place" in mail.text for mail in mails if mail.is_secret)
    assert all("/cancel" in mail.text for mail in mails if mail.is_secret)


def test_the_interviewers_reminder_of_a_session_names_nobody(app: Flask) -> None:
    (mail,) = (mail for mail in reminded_session() if not mail.is_secret)

    assert mail.subject == "Reminder: the group session you are running"
    assert re.search(r"\bP-[0-9A-Z]{5}\b", mail.text) is None


def test_a_reminder_uses_the_calls_own_wording(booking: Booking) -> None:
    text = "It is soon: {when}\n\n{place}\n\n{move}\n\n{cancel}\n"
    wordings.set_wording(booking.slot.call, WORDING_KINDS["reminder"], Wording("Soon", text))

    at(start_of(booking) - DAY + MINUTE, tasks.send_due_reminders)

    (mail,) = (mail for mail in reminder_mails() if mail.is_secret)
    assert mail.subject == "Soon"
    assert mail.text.startswith("It is soon: ")


def test_an_error_in_one_reminder_keeps_no_other_back(booking: Booking) -> None:
    other = make_interviews.booking(
        make_interviews.volunteer(booking.slot.call, "Fay"),
        make_interviews.slot(booking.slot.call, booking.slot.interviewer, start_of(booking) + HOUR),
    )
    booking.volunteer.zone = "No/Such_Place"

    at(start_of(booking) - DAY + 2 * HOUR, tasks.send_due_reminders)

    assert other.volunteer.participant.contact is not None
    assert "fay@home.example" in {mail.recipient for mail in reminder_mails()}
