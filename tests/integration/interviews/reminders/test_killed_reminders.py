"""A real worker that is killed again and again in the middle of reminders, and started an hour later each time."""

import asyncio
import logging
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from core import clock
from core.database import db, read_only_transactions
from core.models import Job, MailState, OutboxMessage, Queue
from core.settings import Settings
from interviews.models import Booking, Invitation, Reminder, ReminderState
from interviews.reminders import reminder_schedules
from interviews.reminders.reminder_times import DueTime, calculate_due_times
from tests.support import make_evidence, make_interviews
from tests.support.mail_server import SmtpMailbox, find_free_port, run_mail_server
from tests.support.workers import CLOCK_OFFSET_FILE, run_worker, wait_until

pytestmark = pytest.mark.one_database

HOUR = timedelta(hours=1)
MINUTES = [360, 90, 30]  # some outlive an hour's pause, some do not
INTERVIEWERS = 6  # each has an interview in every hour
ANSWER_SECONDS = 0.02  # between keeping a mail and saying so: where a kill makes a repeat
FINISH_SECONDS = 120.0

log = logging.getLogger(__name__)  # pytest --log-cli-level=INFO shows the result of each


@dataclass(slots=True)
class SlowMailbox(SmtpMailbox):
    """Keeps a mail, notes when by the workers' clock, and answers a moment later."""

    ahead: timedelta = timedelta()
    kept: list[tuple[str, datetime]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await SmtpMailbox.handle_DATA(self, server, session, envelope)
        self.kept.append((self.attempted_ids[-1], clock.now() + self.ahead))
        await asyncio.sleep(ANSWER_SECONDS)
        return answer


@pytest.fixture
def mailbox(app: Flask) -> SlowMailbox:
    return SlowMailbox(port=find_free_port())


def interviews_for_hours(hours: int) -> None:
    """Booked ten days ago, six in each of the coming hours; their first mails are gone."""
    first = clock.now().replace(minute=0, second=0, microsecond=0) + 2 * HOUR
    long_ago = clock.now() - timedelta(days=10)
    with clock.freeze_at(long_ago):
        call = make_evidence.call()
        reminder_schedules.set_reminder_times(call, MINUTES)
        staff = [make_interviews.interviewer(f"interviewer-{number}") for number in range(INTERVIEWERS)]
    for number in range(hours * INTERVIEWERS):
        hour, index = divmod(number, INTERVIEWERS)
        with clock.freeze_at(long_ago + timedelta(seconds=number)):
            slot = make_interviews.slot(call, staff[index], first + hour * HOUR + timedelta(minutes=7 * index))
            make_interviews.booking(make_interviews.volunteer(call, f"Volunteer{number}"), slot)
    db.session.execute(delete(Job))
    db.session.execute(delete(OutboxMessage))
    db.session.commit()


def count(*conditions: Any) -> int:
    with read_only_transactions():
        number = db.session.scalar(select(func.count(Reminder.id)).where(*conditions)) or 0
        db.session.rollback()
    return number


def is_settled(now: datetime) -> bool:
    """Whether everything that was due at a moment has its row, and nothing waits in the outbox."""
    with read_only_transactions():
        waiting = db.session.scalar(
            select(func.count(OutboxMessage.number)).where(OutboxMessage.state == MailState.QUEUED)
        )
        is_written = set(expected(now)) <= set(the_reminders())
        db.session.rollback()
    return waiting == 0 and is_written


def the_reminders() -> dict[tuple[UUID, int], Reminder]:
    return {(row.invitation_id, row.minutes_before): row for row in db.session.scalars(select(Reminder))}


def start_and_kill(settings: Settings, mailbox: SlowMailbox, pause: float) -> None:
    """Kill the worker at some moment after it has begun to write or to send."""
    before, kept = count(), len(mailbox.kept)
    with run_worker(settings, Queue.QUICK, app="tests.support.shifted_clock_app", SMTP_URL=mailbox.url) as process:
        wait_until(lambda: count() > before or len(mailbox.kept) > kept)
        time.sleep(pause)
        process.kill()
        process.wait()


def set_clock(settings: Settings, mailbox: SlowMailbox, ahead: timedelta) -> None:
    mailbox.ahead = ahead
    (settings.data_folder / CLOCK_OFFSET_FILE).write_text(str(mailbox.ahead.total_seconds()))


def expected(now: datetime) -> dict[tuple[UUID, int], DueTime]:
    """By the rule alone: every reminder that fell due, by invitation and minutes."""
    rows = db.session.scalars(select(Invitation).join(Invitation.booking).join(Booking.slot))
    return {
        (row.id, due.minutes_before): due
        for row in rows
        if row.booking
        for due in calculate_due_times(row.booking.slot.starts_at, row.booking.slot_chosen_at, MINUTES)
        if due.due_at <= now
    }


def run(settings: Settings, mailbox: SlowMailbox, kills: int, seed: int) -> datetime:
    """So many kills at random moments, an hour after each the next start, and at last a worker that may finish."""
    moments = random.Random(seed)
    set_clock(settings, mailbox, timedelta())
    with run_mail_server(mailbox):
        for number in range(kills):
            start_and_kill(settings, mailbox, moments.uniform(0, 2))
            set_clock(settings, mailbox, (number + 1) * HOUR)
        last_start = clock.now() + mailbox.ahead
        with run_worker(settings, Queue.QUICK, app="tests.support.shifted_clock_app", SMTP_URL=mailbox.url):
            wait_until(lambda: is_settled(last_start), FINISH_SECONDS)
    db.session.rollback()
    return last_start


def check(mailbox: SlowMailbox, last_start: datetime, kills: int) -> None:
    rows, due = the_reminders(), expected(last_start + timedelta(minutes=10))
    outcomes = {mail.id: mail.state for mail in db.session.scalars(select(OutboxMessage))}
    by_message = {f"<{row.mail_id}@listening-post.example>": key for key, row in rows.items() if row.mail_id}
    arrived = Counter(message for message, _ in mailbox.kept)

    assert set(expected(last_start)) <= set(rows), "none lost"
    assert set(rows) <= set(due), "none made up"
    assert set(outcomes) == {row.mail_id for row in rows.values() if row.state is ReminderState.QUEUED}
    assert set(outcomes.values()) <= {MailState.SENT, MailState.EXPIRED}, "sent, or listed as too late"
    assert set(arrived) <= set(by_message), "each mail is the one of its row, whenever it is sent"
    assert all(moment < due[by_message[message]].useful_until for message, moment in mailbox.kept), "none too late"
    repeats = sum(arrived.values()) - len(arrived)
    log.info("%s; %s missed; %s repeats", Counter(outcomes.values()), len(rows) - len(outcomes), repeats)
    sent = {f"<{mail_id}@listening-post.example>" for mail_id, state in outcomes.items() if state is MailState.SENT}
    assert sent <= set(arrived), "what counts as sent has arrived"
    assert repeats <= kills, "at most one repeat for each kill"


def test_reminders_live_through_three_kills(app: Flask, settings: Settings, mailbox: SlowMailbox) -> None:
    interviews_for_hours(5)

    last_start = run(settings, mailbox, kills=3, seed=3)

    check(mailbox, last_start, kills=3)


@pytest.mark.slow
def test_reminders_live_through_twenty_kills(app: Flask, settings: Settings, mailbox: SlowMailbox) -> None:
    interviews_for_hours(26)

    last_start = run(settings, mailbox, kills=20, seed=20)

    check(mailbox, last_start, kills=20)
