"""The pages on which interviewers say when they can be booked, and coordinators for them."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.access import LINK_KEY, STAFF_KEY
from accounts.models import StaffMember
from accounts.roles import Role
from core import clock
from core.database import db
from evidence.models import Call
from interviews.availability import busy_feeds, time_off
from interviews.availability.patterns import Away
from interviews.availability.profiles import profile_of
from interviews.models import BusyFeed, Gender, SlotKind, TimeOff, WeeklyPattern
from tests import make, make_availability, make_evidence, make_interviews

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
        with client.session_transaction() as session:
            session[STAFF_KEY] = str(member.id)
        return client

    return signed_in


def amira() -> StaffMember:
    return make.staff("amira", Role.COORDINATOR)


def date_parts(days: int = 0) -> list[int]:
    day = clock.in_zone(clock.now(), "Europe/London").date() + timedelta(days=days)
    return [day.day, day.month, day.year]


def hours(**changes: Any) -> dict[str, Any]:
    values = {
        "weekdays": ["0", "2"],
        "starts": "9:00",
        "ends": "12:00",
        "first_on": date_parts(),
        "kind": "video link",
        "place": "https://meet.example/a",
        "access": ["companion"],
        "site": "none",
    }
    return values | changes


def way(**changes: Any) -> dict[str, Any]:
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
    with client.session_transaction() as session:
        session[LINK_KEY] = make.link_of(dev.participant_id)

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


def test_weekly_hours_are_added_on_several_days(signed_in: As, ben: StaffMember, call: Call) -> None:
    answer = signed_in(ben).post(f"/staff/availability/hours/add/{call.slug}", data=hours(), follow_redirects=True)

    rows = db.session.scalars(select(WeeklyPattern).order_by(WeeklyPattern.weekday)).all()
    assert [(row.weekday, row.starts, row.ends, row.kind) for row in rows] == [
        (day, time(9), time(12), SlotKind.VIDEO) for day in (0, 2)
    ]
    assert "The hours are saved." in answer.text
    assert make_availability.offered(ben)


def test_times_are_shown_before_anything_is_saved(signed_in: As, ben: StaffMember, call: Call) -> None:
    data = hours(preview="yes")

    answer = signed_in(ben).post(f"/staff/availability/hours/add/{call.slug}", data=data)

    assert "Nothing is saved yet" in answer.text
    assert "09:00 to 10:00, 10:00 to 11:00, 11:00 to 12:00" in answer.text
    assert 'value="https://meet.example/a"' in answer.text
    assert db.session.scalars(select(WeeklyPattern)).all() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weekdays": []}, "Choose a day."),
        ({"weekdays": ["9"]}, "not a valid choice"),
        ({"starts": ""}, "Enter a time."),
        ({"starts": "nine"}, "Enter times like 9:30"),
        ({"starts": "9:00, 10:00"}, "Enter one time"),
        ({"ends": "8:00"}, "The end has to come after the start"),
        ({"ends": "9:30"}, "none fits into these hours"),
        ({"first_on": ["31", "2", "2027"]}, "Enter a real date"),
        ({"first_on": ["1", "1", "1"]}, "Enter a day between"),
        ({"last_on": ["1", "1", "2020"]}, "The last day has to come after the first"),
        ({"place": " "}, "Say where"),
        ({"kind": ""}, "Say how you meet"),
        ({"site": "elsewhere"}, "Not a valid choice"),
    ],
)
def test_hours_that_cannot_be_are_refused_and_kept(
    signed_in: As, ben: StaffMember, call: Call, changes: dict[str, Any], words: str
) -> None:
    data = {"room": "second door on the left", **hours(**changes)}

    answer = signed_in(ben).post(f"/staff/availability/hours/add/{call.slug}", data=data)

    assert words in answer.text
    assert "<title>Error: " in answer.text
    assert "second door on the left" in answer.text
    assert db.session.scalars(select(WeeklyPattern)).all() == []


def test_all_days_are_saved_or_none(signed_in: As, ben: StaffMember, call: Call) -> None:
    make_availability.weekly(ben, call, weekday=2)

    answer = signed_in(ben).post(f"/staff/availability/hours/add/{call.slug}", data=hours())

    assert "for this call already on Wednesdays" in answer.text
    assert [row.weekday for row in db.session.scalars(select(WeeklyPattern))] == [2]


def test_hours_are_shown_as_they_are_and_changed(signed_in: As, ben: StaffMember, call: Call) -> None:
    site = call.sites[0]
    pattern = make_availability.weekly(ben, call, kind=SlotKind.IN_PERSON, place="1 High Street", site_id=site.id)
    client, path = signed_in(ben), f"/staff/availability/hours/{pattern.id}"

    shown = client.get(path).text
    client.post(
        path, data=hours(weekday="4", starts="10:00", place="2 High Street", kind="in person", site=str(site.id))
    )

    assert 'value="1 High Street"' in shown
    db.session.refresh(pattern)
    assert (pattern.weekday, pattern.starts, pattern.place, pattern.site_id) == (4, time(10), "2 High Street", site.id)


def test_hours_are_removed_with_their_free_times(signed_in: As, ben: StaffMember, call: Call) -> None:
    pattern = make_availability.weekly(ben, call)

    answer = signed_in(ben).post(f"/staff/availability/hours/{pattern.id}/remove", follow_redirects=True)

    assert "The hours are removed." in answer.text
    assert make_availability.offered(ben) == []


def test_another_s_hours_and_time_off_are_not_touched(signed_in: As, ben: StaffMember, call: Call) -> None:
    zoe = make_interviews.interviewer("zoe")
    pattern, today = make_availability.weekly(zoe, call), clock.now().date()
    time_off.add(zoe, Away(today, today))
    row = db.session.scalars(select(TimeOff)).one()
    client = signed_in(ben)

    answers = [
        client.get(f"/staff/availability/hours/{pattern.id}"),
        client.post(f"/staff/availability/hours/{pattern.id}", data=hours(weekday="1")),
        client.post(f"/staff/availability/hours/{pattern.id}/remove"),
        client.post(f"/staff/availability/time-off/{row.id}/remove"),
        client.post(f"/staff/availability/calendar/remove?for={zoe.id}"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert db.session.get_one(WeeklyPattern, pattern.id).removed_at is None
    assert db.session.get(TimeOff, row.id) is not None


def test_a_coordinator_adds_hours_for_an_interviewer(signed_in: As, ben: StaffMember, call: Call) -> None:
    path = f"/staff/availability/hours/add/{call.slug}?for={ben.id}"

    answer = signed_in(amira()).post(path, data=hours(), follow_redirects=True)

    assert "When Ben can be booked" in answer.text
    assert {row.interviewer_id for row in db.session.scalars(select(WeeklyPattern))} == {ben.id}


def test_a_week_is_read_day_by_day(signed_in: As, ben: StaffMember, call: Call) -> None:
    make_availability.weekly(ben, call, weekday=3, starts=time(14), ends=time(16))
    make_availability.weekly(ben, call)

    page = signed_in(ben).get("/staff/availability").text

    assert page.index("Monday") < page.index("09:00 to 12:00") < page.index("Thursday") < page.index("14:00 to 16:00")


def test_time_off_is_added_and_removed(signed_in: As, ben: StaffMember, call: Call) -> None:
    client = signed_in(ben)

    added = client.post(
        "/staff/availability/time-off/add",
        data={"first_on": date_parts(1), "starts": "9:00", "ends": "10:30", "note": "Dentist"},
        follow_redirects=True,
    )
    row = db.session.scalars(select(TimeOff)).one()
    removed = client.post(f"/staff/availability/time-off/{row.id}/remove", follow_redirects=True)

    assert "09:00 to 10:30. Dentist" in added.text
    assert "The time off is gone" in removed.text
    assert db.session.scalars(select(TimeOff)).all() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first_on": ["", "", ""]}, "Enter the first day."),
        ({"last_on": ["1", "1", "2020"]}, "The last day has to be the first"),
        ({"starts": "9:00"}, "Enter both hours"),
        ({"starts": "9:00", "ends": "8:00"}, "The end has to come after the start"),
    ],
)
def test_time_off_that_makes_no_sense_is_refused_and_kept(
    signed_in: As, ben: StaffMember, changes: dict[str, Any], words: str
) -> None:
    data = {"first_on": date_parts(1), "note": "away for a while", **changes}

    answer = signed_in(ben).post("/staff/availability/time-off/add", data=data)

    assert words in answer.text
    assert "away for a while" in answer.text


def test_interviews_that_are_booked_in_time_off_are_told(signed_in: As, ben: StaffMember, call: Call) -> None:
    booking = make_interviews.booking(make_interviews.volunteer(call), make_interviews.slot(call, ben))
    held_on = clock.in_zone(booking.slot.starts_at, "Europe/London").date()
    data = {"first_on": [held_on.day, held_on.month, held_on.year]}

    answer = signed_in(ben).post("/staff/availability/time-off/add", data=data, follow_redirects=True)

    assert "1 interview is booked in that time" in answer.text


def test_a_way_of_working_is_saved(signed_in: As, ben: StaffMember) -> None:
    signed_in(ben).post("/staff/availability/way-of-working", data=way())

    profile = profile_of(ben.id)
    assert (profile.zone, profile.languages, profile.gender) == ("Asia/Kolkata", ["Polish", "Urdu"], Gender.WOMAN)
    assert (profile.minutes_before, profile.minutes_after, profile.notice_hours) == (5, 10, 48)
    assert (profile.horizon_days, profile.most_per_day) == (30, 3)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"zone": "Middle/Earth"}, "Choose a place from the list."),
        ({"minutes_before": "-1"}, "from 0 to 240"),
        ({"minutes_after": "ten"}, "from 0 to 240"),
        ({"notice_hours": ""}, "from 0 to 720"),
        ({"horizon_days": "181"}, "from 1 to 180"),
        ({"most_per_day": "99"}, "from 0 to 24"),
        ({"gender": "robot"}, "Not a valid choice"),
    ],
)
def test_a_way_of_working_that_cannot_be_is_refused_and_kept(
    signed_in: As, ben: StaffMember, changes: dict[str, str], words: str
) -> None:
    answer = signed_in(ben).post("/staff/availability/way-of-working", data=way(**changes))

    assert words in answer.text
    assert "Polish, Urdu" in answer.text
    assert profile_of(ben.id).notice_hours == 24


def test_a_new_zone_moves_the_free_times(signed_in: As, ben: StaffMember, call: Call) -> None:
    make_availability.way_of_working(ben)
    make_availability.weekly(ben, call)

    signed_in(ben).post("/staff/availability/way-of-working", data=way(minutes_before="0", minutes_after="0"))

    shown = {f"{clock.in_zone(slot.starts_at, 'Asia/Kolkata'):%H:%M}" for slot in make_availability.offered(ben)}
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


def test_a_failure_to_read_a_calendar_stands_on_the_page(signed_in: As, ben: StaffMember) -> None:
    feed = busy_feeds.connect(ben, FEED)
    feed.failure = "The calendar server takes too long to answer."

    page = signed_in(ben).get("/staff/availability").text

    assert "The calendar could not be read." in page
    assert "takes too long to answer" in page


def test_a_calendar_is_forgotten(signed_in: As, ben: StaffMember) -> None:
    busy_feeds.connect(ben, FEED)
    make_availability.busy(ben, make_interviews.next_week())

    signed_in(ben).post("/staff/availability/calendar/remove")

    assert busy_feeds.feed_of(ben.id) is None


def test_times_far_ahead_are_shown_when_asked_for(signed_in: As, ben: StaffMember, call: Call) -> None:
    make_interviews.slot(call, ben, make_interviews.next_week(days=30))
    client = signed_in(ben)

    near, far = client.get("/staff/slots").text, client.get("/staff/slots?weeks=12").text

    assert "Show later times" in near
    assert "10:00 to 11:00" not in near
    assert "10:00 to 11:00" in far


def test_times_are_published_with_a_room_and_for_a_site(signed_in: As, ben: StaffMember, call: Call) -> None:
    where = {"kind": "in person", "place": "1 High Street", "room": "Room 2", "access": ["step-free"]}
    data = {"call": call.slug, "first_on": date_parts(8), "times": "10:00", "repeat": "once", **where}

    signed_in(ben).post("/staff/slots/publish", data={**data, "site": str(call.sites[1].id)})

    (slot,) = make_availability.offered(ben)
    assert (slot.room, slot.is_step_free, slot.takes_companion) == ("Room 2", True, False)
    assert slot.site_id == call.sites[1].id


def test_a_site_of_another_call_is_refused(signed_in: As, ben: StaffMember, call: Call) -> None:
    other = make_evidence.call(slug="other")
    data = {"call": call.slug, "first_on": date_parts(8), "times": "10:00", "repeat": "once", "kind": "telephone"}

    answer = signed_in(ben).post("/staff/slots/publish", data={**data, "site": str(other.sites[0].id)})

    assert "This site does not belong to the call" in answer.text
    assert make_availability.offered(ben) == []


def test_times_that_nobody_sees_yet_are_told(signed_in: As, ben: StaffMember, call: Call) -> None:
    make_availability.way_of_working(ben, horizon_days=5)
    data = {"call": call.slug, "first_on": date_parts(8), "times": "10:00", "repeat": "once", "kind": "telephone"}

    answer = signed_in(ben).post("/staff/slots/publish", data=data, follow_redirects=True)

    assert "People do not see 1 of them now" in answer.text


def test_a_free_time_that_nobody_can_book_is_marked(signed_in: As, ben: StaffMember, call: Call) -> None:
    slot = make_interviews.slot(call, ben)
    make_availability.busy(ben, slot.starts_at)

    page = signed_in(ben).get("/staff/slots").text

    assert "Not shown" in page
    assert "Free</strong>" not in page
