"""Private feeds: what they show, whom they never name, and that they end when they should."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from accounts.links import create_link
from accounts.models import LinkPurpose, StaffMember, StaffRole
from accounts.roles import Role
from core import clock
from core.database import db
from interviews.bookings import bookings
from interviews.feeds import feeds
from interviews.models import Booking, Slot, SlotKind
from tests.support import five_people, make, make_evidence, make_interviews

pytestmark = pytest.mark.one_database

WRONG = "/feeds/not-a-feed.ics"
SignIn = Callable[[StaffMember], FlaskClient]


@pytest.fixture
def booked(app: Flask) -> Booking:
    return make_interviews.booking()


@pytest.fixture
def amira(app: Flask) -> StaffMember:
    return make.staff("amira", Role.COORDINATOR)


@pytest.fixture
def as_staff(app: Flask) -> SignIn:
    def signed_in(member: StaffMember) -> FlaskClient:
        return five_people.sign_in_staff(app, member.id)

    return signed_in


def path_of(member: StaffMember, purpose: LinkPurpose = LinkPurpose.OWN_FEED) -> str:
    return feeds.create_feed(member, purpose).removeprefix("http://127.0.0.1:8000")


def events(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def session(by: StaffMember, title: str = "Conversation in a group") -> Slot:
    start = make_interviews.next_week(hour=14)
    slot = Slot(
        call_id=make_evidence.call(slug="group").id,
        interviewer_id=by.id,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        kind=SlotKind.VIDEO,
        location="https://meet.example/group",
        is_group=True,
        title=title,
        capacity=8,
        created_at=clock.now(),
    )
    db.session.add(slot)
    db.session.flush()
    return slot


def test_an_interviewer_sees_their_own_interviews_and_no_others(client: FlaskClient, booked: Booking) -> None:
    other = make_interviews.slot(booked.slot.call, make_interviews.interviewer("zoe"))
    bookings.book(other, make_interviews.volunteer(booked.slot.call, "Fay"))

    (event,) = events(client.get(path_of(booked.slot.interviewer)).data)

    assert event["SUMMARY"] == f"Interview with {booked.volunteer.participant.reference}"
    assert (event.start, event.end) == (booked.slot.starts_at, booked.slot.ends_at)
    assert event["LOCATION"] == booked.slot.location


def test_a_coordinator_sees_all_with_their_interviewers(
    client: FlaskClient, booked: Booking, amira: StaffMember
) -> None:
    other = make_interviews.slot(booked.slot.call, make_interviews.interviewer("zoe"))
    fay = bookings.book(other, make_interviews.volunteer(booked.slot.call, "Fay"))

    found = events(client.get(path_of(amira, LinkPurpose.WHOLE_FEED)).data)

    assert {str(event["SUMMARY"]) for event in found} == {
        f"Interview with {booked.volunteer.participant.reference} (Ben)",
        f"Interview with {fay.volunteer.participant.reference} (Zoe)",
    }


def test_nobody_who_takes_part_can_be_found_in_a_feed(client: FlaskClient, booked: Booking) -> None:
    content = client.get(path_of(booked.slot.interviewer)).data

    assert b"ATTENDEE" not in content
    assert [str(event["ORGANIZER"]) for event in events(content)] == ["mailto:interviews@listening-post.example"]
    for word in (b"Dev", b"dev@home.example", b"020 7946", booked.slot.call.title.encode(), b"Captions"):
        assert word not in content.replace(b"\r\n ", b"")
    assert all(event["CLASS"] == "PRIVATE" for event in events(content))


def test_it_is_a_published_calendar_that_asks_to_be_looked_at_again(client: FlaskClient, booked: Booking) -> None:
    content = client.get(path_of(booked.slot.interviewer)).data

    assert b"METHOD:PUBLISH\r\n" in content
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n" in content
    assert b"X-PUBLISHED-TTL:PT15M\r\n" in content
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_a_cancelled_interview_leaves_the_feed(client: FlaskClient, booked: Booking) -> None:
    path = path_of(booked.slot.interviewer)

    bookings.cancel(booked)

    assert events(client.get(path).data) == []


def test_a_moved_interview_is_the_same_event_changed(client: FlaskClient, booked: Booking) -> None:
    path = path_of(booked.slot.interviewer)
    (before,) = events(client.get(path).data)

    bookings.move(booked, make_interviews.slot(booked.slot.call, booked.slot.interviewer))

    (after,) = events(client.get(path).data)
    assert (after["UID"], int(after["SEQUENCE"])) == (before["UID"], int(before["SEQUENCE"]) + 1)
    assert after.start != before.start


def test_a_group_session_is_one_event(client: FlaskClient, app: Flask) -> None:
    ben = make_interviews.interviewer()
    own_session = session(ben)

    (event,) = events(client.get(path_of(ben)).data)

    assert (event["SUMMARY"], event.start) == ("Conversation in a group", own_session.starts_at)


def test_a_feed_that_has_not_changed_is_not_sent_again(client: FlaskClient, booked: Booking) -> None:
    path = path_of(booked.slot.interviewer)
    first = client.get(path)

    with clock.freeze_at(clock.now() + timedelta(hours=1)):
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


def test_the_answer_is_kept_by_nobody_and_starts_no_session(client: FlaskClient, booked: Booking) -> None:
    answer = client.get(path_of(booked.slot.interviewer))

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "Set-Cookie" not in answer.headers


def test_a_wrong_address_says_nothing(client: FlaskClient, app: Flask) -> None:
    answer = client.get(WRONG)

    assert (answer.status_code, answer.text) == (404, "This calendar does not exist.\n")


def test_a_new_address_ends_the_one_before(client: FlaskClient, booked: Booking) -> None:
    first = path_of(booked.slot.interviewer)

    second = path_of(booked.slot.interviewer)

    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)


def test_who_left_reads_nothing_more(client: FlaskClient, booked: Booking) -> None:
    path = path_of(booked.slot.interviewer)

    booked.slot.interviewer.is_active = False

    assert client.get(path).status_code == 404


def test_who_is_no_coordinator_any_more_reads_only_their_own(client: FlaskClient, amira: StaffMember) -> None:
    own, whole = path_of(amira), path_of(amira, LinkPurpose.WHOLE_FEED)

    amira.roles = [StaffRole(role=Role.INTERVIEWER)]

    assert (client.get(own).status_code, client.get(whole).status_code) == (200, 404)


def test_the_link_of_a_participant_opens_no_feed(client: FlaskClient, booked: Booking) -> None:
    token = create_link(LinkPurpose.OWN_PAGE, booked.slot.interviewer_id, expires_at=clock.now() + timedelta(days=1))

    assert client.get(f"/feeds/{token}.ics").status_code == 404


# the pages


def test_the_address_is_shown_once(booked: Booking, as_staff: SignIn) -> None:
    ben = as_staff(booked.slot.interviewer)

    shown = ben.post("/staff/feeds/own/new").text
    path = shown.partition("http://127.0.0.1:8000")[2].partition('"')[0]

    assert ben.get(path).status_code == 200
    page = ben.get("/staff/feeds").text
    assert "You created an address on" in page
    assert path not in page


def test_an_address_is_taken_back(client: FlaskClient, booked: Booking, as_staff: SignIn) -> None:
    path = path_of(booked.slot.interviewer)

    page = as_staff(booked.slot.interviewer).post("/staff/feeds/own/revoke", follow_redirects=True).text

    assert "no longer works" in page
    assert client.get(path).status_code == 404


def test_a_coordinator_may_have_both_feeds(amira: StaffMember, as_staff: SignIn) -> None:
    page = as_staff(amira).get("/staff/feeds").text

    assert "Your own interviews" in page
    assert "All interviews" in page
    assert as_staff(amira).post("/staff/feeds/all/new").status_code == 200


@pytest.mark.parametrize("kind", ["all", "nobody"])
@pytest.mark.parametrize("action", ["new", "revoke"])
def test_an_interviewer_has_no_feed_of_all(booked: Booking, as_staff: SignIn, kind: str, action: str) -> None:
    ben = as_staff(booked.slot.interviewer)

    assert "All interviews" not in ben.get("/staff/feeds").text
    assert ben.post(f"/staff/feeds/{kind}/{action}").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("cara", 403), ("eve", 403), ("nobody", 302)])
def test_others_have_no_feeds(app: Flask, as_staff: SignIn, who: str, status: int) -> None:
    roles = {"cara": [Role.REVIEWER], "eve": []}
    client = as_staff(make.staff(who, *roles[who])) if who in roles else app.test_client()

    assert client.get("/staff/feeds").status_code == status
    assert client.post("/staff/feeds/own/new").status_code == status
