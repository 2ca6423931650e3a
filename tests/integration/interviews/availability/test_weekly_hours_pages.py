"""The pages on which interviewers add, change and remove weekly hours, and coordinators for them."""

from collections.abc import Callable
from datetime import time
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
from interviews.availability import time_off
from interviews.availability.patterns import TimeOffPeriod
from interviews.models import SlotKind, TimeOff, WeeklyPattern
from tests.support import five_people, make, make_availability, make_evidence, make_interviews

pytestmark = pytest.mark.one_database

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


def hours(**changes: Any) -> dict[str, Any]:
    values = {
        "weekdays": ["0", "2"],
        "starts": "9:00",
        "ends": "12:00",
        "first_on": make_availability.date_parts(),
        "kind": "video link",
        "location": "https://meet.example/a",
        "access": ["companion"],
        "site": "none",
    }
    return values | changes


def test_weekly_hours_are_added_on_several_days(signed_in: As, ben: StaffMember, call: Call) -> None:
    answer = signed_in(ben).post(f"/staff/availability/hours/add/{call.slug}", data=hours(), follow_redirects=True)

    rows = db.session.scalars(select(WeeklyPattern).order_by(WeeklyPattern.weekday)).all()
    assert [(row.weekday, row.starts, row.ends, row.kind) for row in rows] == [
        (day, time(9), time(12), SlotKind.VIDEO) for day in (0, 2)
    ]
    assert "Hours saved." in answer.text
    assert make_availability.list_offered_slots(ben)


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
        ({"starts": "9"}, "Enter one time with minutes, like 9:30 or 14:00."),
        ({"starts": "9:00, 10:00"}, "Enter one time"),
        ({"ends": "8:00"}, "The end must be after the start"),
        ({"ends": "9:30"}, "longer than these hours"),
        ({"first_on": ["31", "2", "2027"]}, "Enter a real date"),
        ({"first_on": ["1", "1", "1"]}, "Enter a day between"),
        ({"last_on": ["1", "1", "2020"]}, "The last day must be after the first day"),
        ({"location": " "}, "Enter the video link or the address"),
        ({"kind": ""}, "Choose how you will meet"),
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
    make_availability.weekly_pattern(ben, call, weekday=2)

    answer = signed_in(ben).post(f"/staff/availability/hours/add/{call.slug}", data=hours())

    assert "hours for this call on Wednesdays" in answer.text
    assert [row.weekday for row in db.session.scalars(select(WeeklyPattern))] == [2]


def test_hours_are_shown_as_they_are_and_changed(signed_in: As, ben: StaffMember, call: Call) -> None:
    site = call.sites[0]
    pattern = make_availability.weekly_pattern(
        ben, call, kind=SlotKind.IN_PERSON, location="1 High Street", site_id=site.id
    )
    client, path = signed_in(ben), f"/staff/availability/hours/{pattern.id}"

    shown = client.get(path).text
    client.post(
        path, data=hours(weekday="4", starts="10:00", location="2 High Street", kind="in person", site=str(site.id))
    )

    assert 'value="1 High Street"' in shown
    db.session.refresh(pattern)
    assert (pattern.weekday, pattern.starts, pattern.location, pattern.site_id) == (
        4,
        time(10),
        "2 High Street",
        site.id,
    )


def test_hours_are_removed_with_their_free_times(signed_in: As, ben: StaffMember, call: Call) -> None:
    pattern = make_availability.weekly_pattern(ben, call)

    answer = signed_in(ben).post(f"/staff/availability/hours/{pattern.id}/remove", follow_redirects=True)

    assert "Hours removed." in answer.text
    assert make_availability.list_offered_slots(ben) == []


def test_another_s_hours_and_time_off_are_not_touched(signed_in: As, ben: StaffMember, call: Call) -> None:
    zoe = make_interviews.interviewer("zoe")
    pattern, today = make_availability.weekly_pattern(zoe, call), clock.now().date()
    time_off.add_time_off(zoe, TimeOffPeriod(today, today))
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

    answer = signed_in(make.staff("amira", Role.COORDINATOR)).post(path, data=hours(), follow_redirects=True)

    assert "When Ben can be booked" in answer.text
    assert {row.interviewer_id for row in db.session.scalars(select(WeeklyPattern))} == {ben.id}


def test_a_week_is_read_day_by_day(signed_in: As, ben: StaffMember, call: Call) -> None:
    make_availability.weekly_pattern(ben, call, weekday=3, starts=time(14), ends=time(16))
    make_availability.weekly_pattern(ben, call)

    page = signed_in(ben).get("/staff/availability").text

    assert page.index("Monday") < page.index("09:00 to 12:00") < page.index("Thursday") < page.index("14:00 to 16:00")
