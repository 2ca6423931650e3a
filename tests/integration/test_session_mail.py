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
from core.settings import Settings, SmtpServer
from interviews.by_staff import staff_bookings
from interviews.by_staff.staff_bookings import Reach
from interviews.groups import places, sessions, tasks, waiting_list, write_ups
from interviews.models import Slot, Volunteer
from interviews.notices.neutral import health_words
from tests import make, make_interviews, make_sessions
from tests.integration.test_invitations import calendars, content, event_in, said, whole
from tests.mail_server import Mailbox, free_port, receiving

pytestmark = pytest.mark.one_database


@pytest.fixture
def mailbox(app: Flask, settings: Settings) -> Iterator[Mailbox]:
    """Where the application hands its mail over."""
    with receiving(Mailbox(port=free_port())) as mailbox:
        app.extensions["settings"] = replace(settings, smtp=SmtpServer("127.0.0.1", mailbox.port, "none"))
        yield mailbox


@pytest.fixture
def session(mailbox: Mailbox) -> Slot:
    return make_sessions.session()


def test_whoever_holds_a_session_has_one_event_and_each_person_one_of_their_own(
    mailbox: Mailbox, session: Slot
) -> None:
    dev, fay = make_sessions.people(session.call, "Dev", "Fay")
    own = [places.take(session, who) for who in (dev, fay)]

    events = said(mailbox)

    assert [(one.to, one.method, one.sequence) for one in events] == [
        ("fay@home.example", "REQUEST", 0),
        ("dev@home.example", "REQUEST", 0),
        ("ben@charity.example", "REQUEST", 0),
    ]
    assert {one.uid for one in events[:2]} == {f"{booking.id}@listening-post.example" for booking in own}
    assert len({one.uid for one in events}) == 3


def test_take_move_change_place_and_cancel(mailbox: Mailbox, session: Slot) -> None:
    places.take(session, make_interviews.volunteer(session.call))
    first = said(mailbox)

    later = session.starts_at + timedelta(days=1)
    sessions.change(session, make_sessions.planned(later))
    moved = said(mailbox)
    sessions.change(session, make_sessions.planned(later, place="4 Low Street"))
    elsewhere = said(mailbox)
    sessions.cancel(session, reason="Ill")
    cancelled = said(mailbox)

    assert [(one.method, one.sequence, one.start) for one in moved] == [("REQUEST", 1, later)] * 2
    assert [(one.method, one.sequence, one.start) for one in elsewhere] == [("REQUEST", 2, later)] * 2
    assert [(one.method, one.sequence, one.status) for one in cancelled] == [("CANCEL", 3, "CANCELLED")] * 2
    for step in (moved, elsewhere, cancelled):
        assert [one.uid for one in step] == [one.uid for one in first]


def without_email(slot: Slot, amira: StaffMember) -> Volunteer:
    """Somebody who offered by telephone."""
    offer = make_interviews.an_offer("Ivy", email="")
    return staff_bookings.add_volunteer(slot.call, offer, by=amira.id)


def test_who_has_got_an_address_since_is_invited_when_the_session_changes_and_followed_from_then_on(
    mailbox: Mailbox, session: Slot
) -> None:
    ivy = without_email(session, make.staff("amira", Role.COORDINATOR))
    booking = places.take(session, ivy)
    staff_bookings.change_reach(ivy, Reach(email="ivy@home.example"))
    said(mailbox)

    sessions.change(session, make_sessions.planned(place="4 Low Street"))
    invited = said(mailbox)[0]
    places.cancel(booking)
    (gone,) = said(mailbox)

    assert (invited.to, invited.method, invited.sequence) == ("ivy@home.example", "REQUEST", 0)
    assert (gone.to, gone.method, gone.sequence, gone.uid) == ("ivy@home.example", "CANCEL", 1, invited.uid)


@pytest.mark.parametrize("is_held", [True, False])
def test_who_has_got_an_address_since_is_told_of_the_end_without_an_event(
    mailbox: Mailbox, session: Slot, *, is_held: bool
) -> None:
    ivy = without_email(session, make.staff("amira", Role.COORDINATOR))
    booking = places.take(session, ivy)
    staff_bookings.change_reach(ivy, Reach(email="ivy@home.example"))
    said(mailbox)

    if is_held:
        places.cancel(booking, by_staff=True, reason="We are short of chairs.")
    else:
        sessions.cancel(session, reason="We are short of chairs.")
    make.run_jobs()

    (message,) = [one for one in mailbox.messages if one["To"] == "ivy@home.example"]
    words = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert calendars(message) == []
    assert "We are short of chairs." in words
    assert "calendar" not in words


def test_who_gives_up_a_place_has_their_event_cancelled_and_takes_another_later(
    mailbox: Mailbox, session: Slot
) -> None:
    dev = make_interviews.volunteer(session.call)
    booking = places.take(session, dev)
    first, _ = said(mailbox)

    places.cancel(booking)
    (gone,) = said(mailbox)
    places.take(session, dev)
    (again,) = said(mailbox)

    assert (gone.method, gone.sequence, gone.uid) == ("CANCEL", 1, first.uid)
    assert (again.method, again.sequence) == ("REQUEST", 0)
    assert again.uid != first.uid


def test_a_place_that_is_kept_is_an_event_only_once_it_is_taken(mailbox: Mailbox, session: Slot) -> None:
    session.capacity = 1
    dev, gus = make_sessions.people(session.call, "Dev", "Gus")
    booking = places.take(session, dev)
    waiting_list.join(session, gus)
    said(mailbox)

    places.cancel(booking)
    offered = said(mailbox)
    places.take(session, gus)
    taken = said(mailbox)

    assert [(one.to, one.method) for one in offered] == [("dev@home.example", "CANCEL")]
    assert [(one.to, one.method) for one in taken] == [("gus@home.example", "REQUEST")]


def test_a_session_that_passes_on_leaves_the_calendar_of_who_held_it(mailbox: Mailbox, session: Slot) -> None:
    (to_ben,) = said(mailbox)

    sessions.hand_over(session, make_interviews.interviewer("zoe"))

    to_zoe, to_ben_again = said(mailbox)
    assert (to_zoe.to, to_zoe.method, to_zoe.sequence) == ("zoe@charity.example", "REQUEST", 0)
    assert (to_ben_again.method, to_ben_again.sequence, to_ben_again.uid) == ("CANCEL", 1, to_ben.uid)


def test_the_event_says_the_room_and_the_words_name_the_zone(mailbox: Mailbox, session: Slot) -> None:
    places.take(session, make_interviews.volunteer(session.call, zone="Asia/Kolkata"))
    make.run_jobs()

    (message,) = [one for one in mailbox.messages if one["Subject"] == "Your place in a group session"]
    words = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    event = event_in(message)
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("Monday session", "12 High Street, Room 3")
    assert "(Kolkata time)" in words
    assert "Room 3" in words


def test_links_in_the_mails_show_and_do_nothing(app: Flask, mailbox: Mailbox, session: Slot) -> None:
    booking = places.take(session, make_interviews.volunteer(session.call))
    make.run_jobs()
    (message,) = [one for one in mailbox.messages if one["Subject"] == "Your place in a group session"]
    words = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    found = re.findall(r"http://127\.0\.0\.1:8000(/link/\S+)", words)

    assert len(found) == 2
    for path in found:
        answer = app.test_client().get(path, follow_redirects=True)
        assert (answer.status_code, answer.request.path.split("/")[2]) == (200, "sessions")
    db.session.refresh(booking)
    assert booking.status == "booked"


def test_no_mail_of_a_whole_session_names_another_participant(mailbox: Mailbox) -> None:
    make.staff("amira", Role.COORDINATOR)
    slot = make_sessions.session(capacity=2, minimum=2)
    dev, fay, gus, hal, ida = make_sessions.people(slot.call, "Dev", "Fay", "Gus", "Hal", "Ida")
    held = [places.take(slot, who) for who in (dev, fay)]
    for who in (gus, hal, ida):
        waiting_list.join(slot, who)
    places.cancel(held[0], reason="My illness")
    make.run_jobs()
    with clock.stopped_at(clock.now() + timedelta(hours=25)):
        db.session.commit()
        tasks.pass_places_on()
        places.take(slot, hal)
        elsewhere = make_sessions.planned(slot.starts_at, place="4 Low Street", minimum=2)
        sessions.change(slot, elsewhere, reason="The room is taken.")
        waiting_list.leave(slot, ida)
        places.cancel(held[1], by_staff=True, reason="We are short of chairs.")
        make.run_jobs()
    with clock.stopped_at(slot.starts_at - timedelta(hours=24)):
        db.session.commit()
        tasks.tell_of_shortages()
        make.run_jobs()
    with clock.stopped_at(slot.ends_at):
        places.note_who_came(slot, {booking.id: True for booking in places.placed(slot)}, by=slot.interviewer_id)
        write_ups.send(write_ups.save(slot, "What was said.", by=slot.interviewer_id))
        make.run_jobs()

    names = ("dev", "fay", "gus", "hal", "ida")
    people = dict(zip((f"{name}@home.example" for name in names), (dev, fay, gus, hal, ida), strict=True))
    for message in mailbox.messages:
        everything = whole(message)
        for address, other in people.items():
            if address != message["To"]:
                assert other.participant.contact is not None
                assert address not in everything
                assert not re.search(rf"\b{other.participant.contact.name}\b", everything)
                assert other.participant.reference not in everything
        assert not health_words(str(message["Subject"]))
        assert not any(health_words(text) for text in calendars(message))
    assert {str(message["Subject"]) for message in mailbox.messages} >= {
        "Your place in a group session is cancelled",
        "A place in a group session is free for you",
        "The place in a group session that we kept for you",
        "A group session has few people",
        "What a group session came to",
    }


def test_the_invitation_is_whole_for_calendars(mailbox: Mailbox, session: Slot) -> None:
    places.take(session, make_interviews.volunteer(session.call))
    make.run_jobs()

    (message,) = [one for one in mailbox.messages if one["Subject"] == "Your place in a group session"]
    alternative, attached = message.iter_parts()
    inner = list(alternative.iter_parts())[2]
    assert inner.get_param("method") == "REQUEST"
    assert content(attached) == content(inner)
    assert event_in(message)["CLASS"] == "PRIVATE"
