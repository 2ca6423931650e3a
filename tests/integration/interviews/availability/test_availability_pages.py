"""The pages on which interviewers say when they can be booked, and coordinators for them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core import clock
from core.database import db
from evidence.models import Call
from interviews.availability import busy_feeds
from interviews.availability.profiles import get_profile
from interviews.models import BusyFeed, Gender, TimeOff
from tests.support import five_people, make, make_availability, make_evidence, make_interviews

pytestmark = pytest.mark.one_database

PAGES = [
    "/staff/availability",
    "/staff/availability/way-of-working",
    "/staff/availability/time-off/add",
    "/staff/availability/calendar",
    "/staff/slots",
    "/staff/slots/publish",
]
FEED = "https://calendar.example/private-4711/basic.ics"
As = Callable[[StaffMember], FlaskClient]


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call(interview_minutes=60)


@pytest.fixture
def ben(app: Flask) -> StaffMember:
    return make_interviews.interviewer()


@pytest.fixture
def signed_in(client: FlaskClient) -> As:
    def signed_in(member: StaffMember) -> FlaskClient:
        five_people.switch_to_staff(client, member.id)
        return client

    return signed_in


def amira() -> StaffMember:
    return make.staff("amira", Role.COORDINATOR)


def published(call: Call, **changes: Any) -> dict[str, Any]:
    values = {"call": call.slug, "first_on": make_availability.date_parts(8), "times": "10:00", "repeat": "once"}
    return values | changes


def profile_form(**changes: Any) -> dict[str, Any]:
    values = {
        "zone": "Asia/Kolkata",
        "languages": "Polish, Urdu,, Polish",
        "gender": "woman",
        "minutes_before": "5",
        "minutes_after": "10",
        "notice_hours": "48",
        "horizon_days": "30",
        "most_per_day": "3",
    }
    return values | changes


@pytest.mark.parametrize("path", PAGES)
def test_an_interviewer_opens_the_own_pages(signed_in: As, ben: StaffMember, call: Call, path: str) -> None:
    assert signed_in(ben).get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_reviewer_and_somebody_without_a_role_see_nothing(signed_in: As, app: Flask, path: str) -> None:
    answers = [
        signed_in(make.staff(name, *roles)).get(path) for name, roles in (("cara", [Role.REVIEWER]), ("eve", []))
    ]

    assert [answer.status_code for answer in answers] == [403, 403]


@pytest.mark.parametrize("path", PAGES)
def test_a_volunteer_is_sent_to_sign_in(client: FlaskClient, app: Flask, path: str) -> None:
    dev = make_interviews.volunteer()
    five_people.switch_to_participant(client, dev.participant_id)

    assert "/sign-in" in client.get(path).location


@pytest.mark.parametrize("path", PAGES)
def test_an_interviewer_does_not_open_another_s_pages(signed_in: As, ben: StaffMember, path: str) -> None:
    zoe = make_interviews.interviewer("zoe")

    assert signed_in(ben).get(f"{path}?for={zoe.id}").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_a_coordinator_opens_any_interviewer_s_pages(signed_in: As, ben: StaffMember, call: Call, path: str) -> None:
    answer = signed_in(amira()).get(f"{path}?for={ben.id}")

    assert answer.status_code == 200
    assert "Ben" in answer.text


@pytest.mark.parametrize("who", ["nobody", "cara"])
def test_only_interviewers_have_such_pages(signed_in: As, app: Flask, who: str) -> None:
    cara = make.staff("cara", Role.REVIEWER)
    named = {"nobody": "not-an-id", "cara": str(cara.id)}[who]

    assert signed_in(amira()).get(f"/staff/availability?for={named}").status_code == 404


def test_time_off_is_added_and_removed(signed_in: As, ben: StaffMember, call: Call) -> None:
    client = signed_in(ben)

    added = client.post(
        "/staff/availability/time-off/add",
        data={"first_on": make_availability.date_parts(1), "starts": "9:00", "ends": "10:30", "note": "Dentist"},
        follow_redirects=True,
    )
    row = db.session.scalars(select(TimeOff)).one()
    removed = client.post(f"/staff/availability/time-off/{row.id}/remove", follow_redirects=True)

    assert "09:00 to 10:30. Dentist" in added.text
    assert "Time off removed." in removed.text
    assert db.session.scalars(select(TimeOff)).all() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first_on": ["", "", ""]}, "Enter the first day."),
        ({"last_on": ["1", "1", "2020"]}, "The last day must be the same as"),
        ({"starts": "9:00"}, "Enter both times"),
        ({"starts": "9:00", "ends": "8:00"}, "The end must be after the start"),
    ],
)
def test_time_off_that_makes_no_sense_is_refused_and_kept(
    signed_in: As, ben: StaffMember, changes: dict[str, Any], words: str
) -> None:
    data = {"first_on": make_availability.date_parts(1), "note": "away for a while", **changes}

    answer = signed_in(ben).post("/staff/availability/time-off/add", data=data)

    assert words in answer.text
    assert "away for a while" in answer.text


def test_interviews_booked_in_time_off_are_listed(signed_in: As, ben: StaffMember, call: Call) -> None:
    booking = make_interviews.booking(make_interviews.volunteer(call), make_interviews.slot(call, ben))
    interview_day = clock.convert_to_zone(booking.slot.starts_at, "Europe/London").date()
    data = {"first_on": [interview_day.day, interview_day.month, interview_day.year]}

    answer = signed_in(ben).post("/staff/availability/time-off/add", data=data, follow_redirects=True)

    assert "1 interview is booked in that time" in answer.text


def test_a_profile_is_saved(signed_in: As, ben: StaffMember) -> None:
    signed_in(ben).post("/staff/availability/way-of-working", data=profile_form())

    profile = get_profile(ben.id)
    assert (profile.zone, profile.languages, profile.gender) == ("Asia/Kolkata", ["Polish", "Urdu"], Gender.WOMAN)
    assert (profile.minutes_before, profile.minutes_after, profile.notice_hours) == (5, 10, 48)
    assert (profile.horizon_days, profile.most_per_day) == (30, 3)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"zone": "Middle/Earth"}, "Choose a time zone from the list."),
        ({"minutes_before": "-1"}, "from 0 to 240"),
        ({"minutes_after": "ten"}, "from 0 to 240"),
        ({"notice_hours": ""}, "from 0 to 720"),
        ({"horizon_days": "181"}, "from 1 to 180"),
        ({"most_per_day": "99"}, "from 0 to 24"),
        ({"gender": "robot"}, "Not a valid choice"),
    ],
)
def test_an_impossible_profile_is_refused_and_stays_in_the_form(
    signed_in: As, ben: StaffMember, changes: dict[str, str], words: str
) -> None:
    answer = signed_in(ben).post("/staff/availability/way-of-working", data=profile_form(**changes))

    assert words in answer.text
    assert "Polish, Urdu" in answer.text
    assert get_profile(ben.id).notice_hours == 24


def test_a_new_zone_moves_the_free_times(signed_in: As, ben: StaffMember, call: Call) -> None:
    make_availability.interviewer_profile(ben)
    make_availability.weekly_pattern(ben, call)

    signed_in(ben).post("/staff/availability/way-of-working", data=profile_form(minutes_before="0", minutes_after="0"))

    shown = {
        f"{clock.convert_to_zone(slot.starts_at, 'Asia/Kolkata'):%H:%M}"
        for slot in make_availability.list_offered_slots(ben)
    }
    assert shown == {"09:00", "10:00", "11:00"}


def test_the_address_of_a_calendar_is_never_shown_again(signed_in: As, ben: StaffMember) -> None:
    client = signed_in(ben)

    saved = client.post("/staff/availability/calendar", data={"address": FEED}, follow_redirects=True)
    form = client.get("/staff/availability/calendar")

    assert db.session.scalars(select(BusyFeed.address)).one() == FEED
    assert "Connected to calendar.example." in saved.text
    assert "4711" not in saved.text + form.text


@pytest.mark.parametrize("address", ["", "my calendar", "file:///etc/passwd", "http://me:secret@calendar.example/"])
def test_what_is_no_calendar_address_is_refused_and_kept(signed_in: As, ben: StaffMember, address: str) -> None:
    answer = signed_in(ben).post("/staff/availability/calendar", data={"address": address})

    assert "<title>Error: " in answer.text
    assert f'value="{address}"' in answer.text or not address
    assert db.session.scalars(select(BusyFeed)).all() == []


@pytest.mark.parametrize("host", ["169.254.169.254", "localhost", "[::1]", "127.1", "192.168.0.7:8080"])
def test_a_private_address_is_refused_at_once(signed_in: As, ben: StaffMember, host: str) -> None:
    answer = signed_in(ben).post("/staff/availability/calendar", data={"address": f"http://{host}/x.ics"})

    assert "This address is in a private network, which our server cannot use." in answer.text
    assert db.session.scalars(select(BusyFeed)).all() == []


def test_a_failure_to_read_a_calendar_is_shown_on_the_page(signed_in: As, ben: StaffMember) -> None:
    feed = busy_feeds.connect_feed(ben, FEED)
    feed.failure = "The calendar server takes too long to respond."

    page = signed_in(ben).get("/staff/availability").text

    assert "The calendar could not be read." in page
    assert "takes too long to respond" in page


def test_a_calendar_is_forgotten(signed_in: As, ben: StaffMember) -> None:
    busy_feeds.connect_feed(ben, FEED)
    make_availability.busy_time(ben, make_interviews.next_week())

    signed_in(ben).post("/staff/availability/calendar/remove")

    assert busy_feeds.find_feed(ben.id) is None


def test_times_far_ahead_are_shown_when_asked_for(signed_in: As, ben: StaffMember, call: Call) -> None:
    make_interviews.slot(call, ben, make_interviews.next_week(days=30))
    client = signed_in(ben)

    near, far = client.get("/staff/slots").text, client.get("/staff/slots?weeks=12").text

    assert "Show later times" in near
    assert "10am to 11am" not in near
    assert "10am to 11am" in far


def test_times_are_published_with_a_room_and_for_a_site(signed_in: As, ben: StaffMember, call: Call) -> None:
    where = {"kind": "in person", "location": "1 High Street", "room": "Room 2", "access": ["step-free"]}
    data = published(call, **where)

    signed_in(ben).post("/staff/slots/publish", data={**data, "site": str(call.sites[1].id)})

    (slot,) = make_availability.list_offered_slots(ben)
    assert (slot.room, slot.is_step_free, slot.takes_companion) == ("Room 2", True, False)
    assert slot.site_id == call.sites[1].id


def test_a_site_of_another_call_is_refused(signed_in: As, ben: StaffMember, call: Call) -> None:
    other = make_evidence.call(slug="other")
    data = published(call, kind="telephone")

    answer = signed_in(ben).post("/staff/slots/publish", data={**data, "site": str(other.sites[0].id)})

    assert "This site does not belong to the call" in answer.text
    assert make_availability.list_offered_slots(ben) == []


def test_times_that_nobody_sees_yet_are_listed(signed_in: As, ben: StaffMember, call: Call) -> None:
    make_availability.interviewer_profile(ben, horizon_days=5)
    data = published(call, kind="telephone")

    answer = signed_in(ben).post("/staff/slots/publish", data=data, follow_redirects=True)

    assert "People cannot book 1 of them yet" in answer.text


def test_a_free_time_that_nobody_can_book_is_marked(signed_in: As, ben: StaffMember, call: Call) -> None:
    slot = make_interviews.slot(call, ben)
    make_availability.busy_time(ben, slot.starts_at)

    page = signed_in(ben).get("/staff/slots").text

    assert "Not shown" in page
    assert "Free</strong>" not in page
