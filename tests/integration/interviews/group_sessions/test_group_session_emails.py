"""The mails of group sessions through a real mail server: events that follow, and nobody else's name in any part."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from accounts.models import StaffMember
from accounts.roles import Role
from core import clock
from core.database import db
from core.settings import MailEncryption, Settings, SmtpServer
from interviews.group_sessions import attendance, sessions, tasks, waitlist, write_ups
from interviews.models import Slot, Volunteer
from interviews.volunteers import assisted_sign_up
from interviews.volunteers.assisted_sign_up import ContactDetails
from interviews.wordings.health_terms import find_health_terms
from tests.support import make, make_group_sessions, make_interviews
from tests.support.mail_server import SmtpMailbox, find_free_port, run_mail_server
from tests.support.received_mail import (
    decode_content,
    flatten_mail,
    list_calendars,
    parse_event,
    read_new_invitations,
)

pytestmark = pytest.mark.one_database


@pytest.fixture
def mailbox(app: Flask, settings: Settings) -> Iterator[SmtpMailbox]:
    """Where the application hands its mail over."""
    with run_mail_server(SmtpMailbox(port=find_free_port())) as mailbox:
        app.extensions["settings"] = replace(settings, smtp=SmtpServer("127.0.0.1", mailbox.port, MailEncryption.NONE))
        yield mailbox


@pytest.fixture
def session(mailbox: SmtpMailbox) -> Slot:
    return make_group_sessions.session()


def test_the_interviewer_has_one_event_and_each_person_one_of_their_own(mailbox: SmtpMailbox, session: Slot) -> None:
    dev, fay = make_group_sessions.volunteers(session.call, "Dev", "Fay")
    own = [attendance.take_seat(session, who) for who in (dev, fay)]

    events = read_new_invitations(mailbox)

    assert [(one.to, one.method, one.sequence) for one in events] == [
        ("fay@home.example", "REQUEST", 0),
        ("dev@home.example", "REQUEST", 0),
        ("ben@charity.example", "REQUEST", 0),
    ]
    assert {one.uid for one in events[:2]} == {f"{booking.id}@listening-post.example" for booking in own}
    assert len({one.uid for one in events}) == 3


def test_take_move_change_location_and_cancel(mailbox: SmtpMailbox, session: Slot) -> None:
    attendance.take_seat(session, make_interviews.volunteer(session.call))
    first = read_new_invitations(mailbox)

    later = session.starts_at + timedelta(days=1)
    sessions.change_session(session, make_group_sessions.session_plan(later))
    moved = read_new_invitations(mailbox)
    sessions.change_session(session, make_group_sessions.session_plan(later, location="4 Low Street"))
    elsewhere = read_new_invitations(mailbox)
    sessions.cancel_session(session, reason="Ill")
    cancelled = read_new_invitations(mailbox)

    assert [(one.method, one.sequence, one.start) for one in moved] == [("REQUEST", 1, later)] * 2
    assert [(one.method, one.sequence, one.start) for one in elsewhere] == [("REQUEST", 2, later)] * 2
    assert [(one.method, one.sequence, one.status) for one in cancelled] == [("CANCEL", 3, "CANCELLED")] * 2
    for step in (moved, elsewhere, cancelled):
        assert [one.uid for one in step] == [one.uid for one in first]


def without_email(slot: Slot, amira: StaffMember) -> Volunteer:
    """Somebody who offered by telephone."""
    offer = make_interviews.offer("Ivy", email="")
    return assisted_sign_up.add_volunteer(slot.call, offer, by=amira.id)


def test_who_has_got_an_address_since_is_invited_when_the_session_changes_and_followed_from_then_on(
    mailbox: SmtpMailbox, session: Slot
) -> None:
    ivy = without_email(session, make.staff("amira", Role.COORDINATOR))
    booking = attendance.take_seat(session, ivy)
    assisted_sign_up.change_contact_details(ivy, ContactDetails(email="ivy@home.example"))
    read_new_invitations(mailbox)

    sessions.change_session(session, make_group_sessions.session_plan(location="4 Low Street"))
    invited = read_new_invitations(mailbox)[0]
    attendance.cancel_seat(booking)
    (gone,) = read_new_invitations(mailbox)

    assert (invited.to, invited.method, invited.sequence) == ("ivy@home.example", "REQUEST", 0)
    assert (gone.to, gone.method, gone.sequence, gone.uid) == ("ivy@home.example", "CANCEL", 1, invited.uid)


@pytest.mark.parametrize("is_seat_only", [True, False])
def test_someone_with_a_new_address_is_notified_of_the_end_without_an_event(
    mailbox: SmtpMailbox, session: Slot, *, is_seat_only: bool
) -> None:
    ivy = without_email(session, make.staff("amira", Role.COORDINATOR))
    booking = attendance.take_seat(session, ivy)
    assisted_sign_up.change_contact_details(ivy, ContactDetails(email="ivy@home.example"))
    read_new_invitations(mailbox)

    if is_seat_only:
        attendance.cancel_seat(booking, by_staff=True, reason="We are short of chairs.")
    else:
        sessions.cancel_session(session, reason="We are short of chairs.")
    make.run_jobs()

    (message,) = [one for one in mailbox.messages if one["To"] == "ivy@home.example"]
    words = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert list_calendars(message) == []
    assert "We are short of chairs." in words
    assert "calendar" not in words


def test_who_gives_up_a_seat_has_their_event_cancelled_and_takes_another_later(
    mailbox: SmtpMailbox, session: Slot
) -> None:
    dev = make_interviews.volunteer(session.call)
    booking = attendance.take_seat(session, dev)
    first, _ = read_new_invitations(mailbox)

    attendance.cancel_seat(booking)
    (gone,) = read_new_invitations(mailbox)
    attendance.take_seat(session, dev)
    (again,) = read_new_invitations(mailbox)

    assert (gone.method, gone.sequence, gone.uid) == ("CANCEL", 1, first.uid)
    assert (again.method, again.sequence) == ("REQUEST", 0)
    assert again.uid != first.uid


def test_a_seat_that_is_kept_is_an_event_only_once_it_is_taken(mailbox: SmtpMailbox, session: Slot) -> None:
    session.capacity = 1
    dev, gus = make_group_sessions.volunteers(session.call, "Dev", "Gus")
    booking = attendance.take_seat(session, dev)
    waitlist.join_waitlist(session, gus)
    read_new_invitations(mailbox)

    attendance.cancel_seat(booking)
    offered = read_new_invitations(mailbox)
    attendance.take_seat(session, gus)
    taken = read_new_invitations(mailbox)

    assert [(one.to, one.method) for one in offered] == [("dev@home.example", "CANCEL")]
    assert [(one.to, one.method) for one in taken] == [("gus@home.example", "REQUEST")]


def test_a_reassigned_session_leaves_the_old_interviewers_calendar(mailbox: SmtpMailbox, session: Slot) -> None:
    (to_ben,) = read_new_invitations(mailbox)

    sessions.hand_over_session(session, make_interviews.interviewer("zoe"))

    to_zoe, to_ben_again = read_new_invitations(mailbox)
    assert (to_zoe.to, to_zoe.method, to_zoe.sequence) == ("zoe@charity.example", "REQUEST", 0)
    assert (to_ben_again.method, to_ben_again.sequence, to_ben_again.uid) == ("CANCEL", 1, to_ben.uid)


def test_the_event_says_the_room_and_the_text_names_the_zone(mailbox: SmtpMailbox, session: Slot) -> None:
    attendance.take_seat(session, make_interviews.volunteer(session.call, zone="Asia/Kolkata"))
    make.run_jobs()

    (message,) = [one for one in mailbox.messages if one["Subject"] == "You have a place in a group session"]
    words = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    event = parse_event(message)
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("Monday session", "12 High Street, Room 3")
    assert "(Kolkata time)" in words
    assert "Room 3" in words


def test_links_in_the_mails_show_and_do_nothing(app: Flask, mailbox: SmtpMailbox, session: Slot) -> None:
    booking = attendance.take_seat(session, make_interviews.volunteer(session.call))
    make.run_jobs()
    (message,) = [one for one in mailbox.messages if one["Subject"] == "You have a place in a group session"]
    words = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    found = re.findall(r"http://127\.0\.0\.1:8000(/link/\S+)", words)

    assert len(found) == 2
    for path in found:
        answer = app.test_client().get(path, follow_redirects=True)
        assert (answer.status_code, answer.request.path.split("/")[2]) == (200, "sessions")
    db.session.refresh(booking)
    assert booking.status == "booked"


def test_no_mail_of_a_whole_session_names_another_participant(mailbox: SmtpMailbox) -> None:
    make.staff("amira", Role.COORDINATOR)
    slot = make_group_sessions.session(capacity=2, minimum=2)
    dev, fay, gus, hal, ida = make_group_sessions.volunteers(slot.call, "Dev", "Fay", "Gus", "Hal", "Ida")
    bookings = [attendance.take_seat(slot, who) for who in (dev, fay)]
    for who in (gus, hal, ida):
        waitlist.join_waitlist(slot, who)
    attendance.cancel_seat(bookings[0], reason="My illness")
    make.run_jobs()
    with clock.freeze_at(clock.now() + timedelta(hours=25)):
        db.session.commit()
        tasks.offer_free_seats()
        attendance.take_seat(slot, hal)
        elsewhere = make_group_sessions.session_plan(slot.starts_at, location="4 Low Street", minimum=2)
        sessions.change_session(slot, elsewhere, reason="The room is taken.")
        waitlist.leave_waitlist(slot, ida)
        attendance.cancel_seat(bookings[1], by_staff=True, reason="We are short of chairs.")
        make.run_jobs()
    with clock.freeze_at(slot.starts_at - timedelta(hours=24)):
        db.session.commit()
        tasks.notify_shortages()
        make.run_jobs()
    with clock.freeze_at(slot.ends_at):
        attendance.record_attendance(
            slot, {booking.id: True for booking in attendance.list_seated_bookings(slot)}, by=slot.interviewer_id
        )
        write_ups.send_to_attendees(write_ups.save_draft(slot, "What was said.", by=slot.interviewer_id))
        make.run_jobs()

    names = ("dev", "fay", "gus", "hal", "ida")
    people = dict(zip((f"{name}@home.example" for name in names), (dev, fay, gus, hal, ida), strict=True))
    for message in mailbox.messages:
        everything = flatten_mail(message)
        for address, other in people.items():
            if address != message["To"]:
                assert other.participant.contact is not None
                assert address not in everything
                assert not re.search(rf"\b{other.participant.contact.name}\b", everything)
                assert other.participant.reference not in everything
        assert not find_health_terms(str(message["Subject"]))
        assert not any(find_health_terms(text) for text in list_calendars(message))
    assert {str(message["Subject"]) for message in mailbox.messages} >= {
        "Your place in a group session is cancelled",
        "We are keeping a place in a group session for you",
        "We no longer have your place in a group session",
        "A group session needs more people",
        "Read the summary of your group session",
    }


def test_the_invitation_is_whole_for_calendars(mailbox: SmtpMailbox, session: Slot) -> None:
    attendance.take_seat(session, make_interviews.volunteer(session.call))
    make.run_jobs()

    (message,) = [one for one in mailbox.messages if one["Subject"] == "You have a place in a group session"]
    alternative, attached = message.iter_parts()
    inner = list(alternative.iter_parts())[2]
    assert inner.get_param("method") == "REQUEST"
    assert decode_content(attached) == decode_content(inner)
    assert parse_event(message)["CLASS"] == "PRIVATE"
