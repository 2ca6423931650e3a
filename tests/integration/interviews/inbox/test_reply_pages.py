"""The pages on which staff see what calendars answered, and who may."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core.database import db
from core.settings import Settings
from interviews.inbox import proposals
from interviews.inbox.record_reply import record_parsed_reply
from interviews.models import Booking, CalendarReply
from tests.support import five_people, make, make_interviews
from tests.support.make_replies import (
    calendar_answer,
    counter_proposal,
    find_interviewer_invitation,
    find_volunteer_invitation,
    store_proposal,
)

pytestmark = pytest.mark.one_database


@pytest.fixture
def booked(app: Flask) -> Booking:
    return make_interviews.booking()


@pytest.fixture
def as_staff(app: Flask) -> Callable[[StaffMember], FlaskClient]:
    def signed_in(member: StaffMember) -> FlaskClient:
        return five_people.sign_in_staff(app, member.id)

    return signed_in


def reference(booking: Booking) -> str:
    return booking.volunteer.participant.reference


def test_the_page_shows_what_waits_and_a_button_moves_the_interview(
    booked: Booking, as_staff: Callable[[StaffMember], FlaskClient]
) -> None:
    record_parsed_reply(
        counter_proposal(
            find_volunteer_invitation(booked), booked.slot.starts_at + timedelta(days=1), comment="After <lunch>?"
        )
    )
    reply = db.session.scalars(select(CalendarReply)).one()
    amira = as_staff(make.staff("amira", Role.COORDINATOR))

    page = amira.get("/staff/replies").text
    amira.post(f"/staff/replies/{reply.id}/take-up")

    assert reference(booked) in page
    assert "After &lt;lunch&gt;?" in page
    db.session.expire_all()
    assert booked.slot.starts_at == reply.proposed_start


def test_a_time_at_the_end_of_time_that_was_kept_once_breaks_no_page(
    as_staff: Callable[[StaffMember], FlaskClient], booked: Booking
) -> None:
    reply = store_proposal(booked)
    reply.proposed_start = datetime(9999, 12, 31, 12, tzinfo=UTC)
    booked.slot.call.zone = "Pacific/Kiritimati"
    db.session.commit()
    amira = as_staff(make.staff("amira", Role.COORDINATOR))

    answers = [amira.get(path) for path in ("/staff/replies", f"/staff/interviews/{booked.id}")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert amira.post(f"/staff/replies/{reply.id}/take-up").status_code == 302


def test_what_cannot_be_done_is_said_on_the_next_page(
    booked: Booking, as_staff: Callable[[StaffMember], FlaskClient]
) -> None:
    reply = store_proposal(booked)
    proposals.decline_proposal(reply)
    ben = as_staff(booked.slot.interviewer)

    page = ben.post(f"/staff/replies/{reply.id}/take-up", follow_redirects=True).text

    assert "You can no longer accept or decline this proposal" in page


def test_the_page_of_an_interview_shows_what_calendars_said(
    booked: Booking, as_staff: Callable[[StaffMember], FlaskClient]
) -> None:
    store_proposal(booked)
    record_parsed_reply(calendar_answer(find_interviewer_invitation(booked), partstat="ACCEPTED"))
    find_volunteer_invitation(booked).delivery_failure = "The mailbox is full. (5.2.2)"

    page = as_staff(booked.slot.interviewer).get(f"/staff/interviews/{booked.id}").text

    assert "Another time was proposed" in page
    assert "Accepted" in page
    assert "The mailbox is full. (5.2.2)" in page


@pytest.mark.parametrize("action", ["take-up", "decline"])
def test_another_interviewer_neither_sees_nor_decides(
    booked: Booking, as_staff: Callable[[StaffMember], FlaskClient], action: str
) -> None:
    reply = store_proposal(booked)
    zoe = as_staff(make_interviews.interviewer("zoe"))

    assert reference(booked) not in zoe.get("/staff/replies").text
    assert zoe.post(f"/staff/replies/{reply.id}/{action}").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("cara", 403), ("eve", 403), ("nobody", 302)])
def test_others_do_not_open_the_page(
    app: Flask, as_staff: Callable[[StaffMember], FlaskClient], who: str, status: int
) -> None:
    roles = {"cara": [Role.REVIEWER], "eve": []}
    client = as_staff(make.staff(who, *roles[who])) if who in roles else app.test_client()

    assert client.get("/staff/replies").status_code == status


def test_coordinators_see_a_problem_with_the_mailbox(
    app: Flask, settings: Settings, as_staff: Callable[[StaffMember], FlaskClient]
) -> None:
    from core.settings import ImapMailbox, MailEncryption
    from interviews.inbox.tasks import request_mailbox_read

    app.extensions["settings"] = replace(settings, imap=ImapMailbox("127.0.0.1", 1, MailEncryption.NONE, "me", "x"))
    request_mailbox_read()
    make.run_jobs()

    page = as_staff(make.staff("amira", Role.COORDINATOR)).get("/staff/replies").text

    assert "We cannot read the mailbox for replies. The mail server cannot be reached" in page
