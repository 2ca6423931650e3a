"""The staff calendar: who sees what, right days on both sides of a clock change, and few queries for any number."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from accounts.models import StaffMember
from accounts.roles import Role
from core import clock
from core.database import db
from evidence.models import Call
from interviews.bookings import bookings, outcomes
from interviews.models import Booking, BookingStatus, Slot, SlotKind
from interviews.staff_calendar import calendar_days
from interviews.staff_calendar.calendar_entries import PER_PAGE, EntryKey
from tests.support import five_people, make, make_evidence, make_interviews

pytestmark = pytest.mark.one_database

LONDON = "Europe/London"


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call()


@pytest.fixture
def ben(app: Flask) -> StaffMember:
    return make_interviews.interviewer()


@pytest.fixture
def desk(app: Flask) -> FlaskClient:
    """The coordinator's browser."""
    return five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)


def an_interview(call: Call, by: StaffMember, name: str, at: datetime | None = None, **slot: Any) -> Booking:
    """With somebody of their own; `at` within the coming week unless given."""
    moment = at or clock.now() + timedelta(days=2)
    return make_interviews.booking(
        make_interviews.volunteer(call, name), make_interviews.slot(call, by, moment, **slot)
    )


def reference(booking: Booking) -> str:
    return booking.volunteer.participant.reference


def shown(client: FlaskClient, booking: Booking, **choices: str) -> bool:
    """Whether the page on the day of an interview lists it."""
    on = booking.slot.starts_at.date().isoformat()
    return reference(booking) in client.get("/staff/calendar", query_string={"on": on} | choices).text


def test_five_people_see_what_is_theirs(app: Flask, call: Call, ben: StaffMember, desk: FlaskClient) -> None:
    own, other = an_interview(call, ben, "Dev"), an_interview(call, make_interviews.interviewer("zoe"), "Fay")
    staff = {"cara": [Role.REVIEWER], "eve": []}
    clients = {"amira": desk, "ben": five_people.sign_in_staff(app, ben.id)}
    clients |= {name: five_people.sign_in_staff(app, make.staff(name, *granted).id) for name, granted in staff.items()}
    clients["dev"] = five_people.sign_in_participant(app, own.volunteer.participant_id)

    answers = {name: client.get("/staff/calendar").status_code for name, client in clients.items()}
    seen = {name: (shown(client, own), shown(client, other)) for name, client in clients.items()}

    assert answers == {"amira": 200, "ben": 200, "cara": 403, "eve": 403, "dev": 302}
    assert seen["amira"] == (True, True)
    assert seen["ben"] == (True, False)
    assert {seen[name] for name in ("cara", "eve", "dev")} == {(False, False)}


def test_an_interviewer_cannot_ask_for_a_colleague_s_interviews(app: Flask, call: Call, ben: StaffMember) -> None:
    zoe = make_interviews.interviewer("zoe")
    others = an_interview(call, zoe, "Fay")

    assert not shown(five_people.sign_in_staff(app, ben.id), others, interviewer=str(zoe.id))


@pytest.mark.parametrize("view", ["week", "month", "list"])
def test_each_view_shows_people_by_reference_only(call: Call, ben: StaffMember, desk: FlaskClient, view: str) -> None:
    booking = an_interview(call, ben, "Zebedee")

    page = desk.get(f"/staff/calendar?view={view}&on={booking.slot.starts_at.date()}").text

    assert reference(booking) in page
    assert "zebedee" not in page.lower()


def test_filters_leave_out_what_was_not_asked_for(call: Call, ben: StaffMember, desk: FlaskClient) -> None:
    zoe, site = make_interviews.interviewer("zoe"), call.sites[0]
    by_phone = an_interview(call, ben, "Dev", kind=SlotKind.TELEPHONE, location="")
    by_phone.slot.site_id = site.id
    by_video = an_interview(call, zoe, "Fay")
    chosen = [{"interviewer": str(ben.id)}, {"site": str(site.id)}, {"kind": "telephone"}]

    assert [shown(desk, by_phone, **one) for one in chosen] == [True] * 3
    assert [shown(desk, by_video, **one) for one in chosen] == [False] * 3
    assert shown(desk, by_video, kind="nonsense", interviewer="nobody", status="odd", page="-3")


def test_states_can_be_distinguished(call: Call, ben: StaffMember, desk: FlaskClient) -> None:
    cancelled, missed, open_one = (
        an_interview(call, ben, name, hours(n)) for n, name in enumerate(("Dev", "Fay", "Gus"))
    )
    bookings.cancel(cancelled, by_staff=True)

    with clock.freeze_at(hours(12)):
        outcomes.record_outcome(missed, BookingStatus.NO_SHOW, by=ben.id)
        states = {
            state: [shown(desk, one, status=state) for one in (cancelled, missed, open_one)]
            for state in ("", "cancelled", "no-show", "booked", "unsettled")
        }

    assert states == {
        "": [False, True, True],
        "cancelled": [True, False, False],
        "no-show": [False, True, False],
        "booked": [False, False, True],
        "unsettled": [False, False, True],
    }


def hours(number: int) -> datetime:
    """Some hours into the day after tomorrow."""
    tomorrow = clock.now().replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=2)
    return tomorrow + timedelta(hours=number)


def test_a_group_session_is_one_entry_with_how_many_come(call: Call, ben: StaffMember, desk: FlaskClient) -> None:
    session = make_interviews.slot(call, ben, hours(0))
    session.is_group, session.capacity, session.title = True, 8, "Morning round"
    for seat, name in enumerate(("Dev", "Fay"), 1):
        volunteer = make_interviews.volunteer(call, name)
        now = clock.now()
        seat_booking = Booking(slot_id=session.id, volunteer_id=volunteer.id, seat=seat, is_group=True, created_at=now)
        seat_booking.slot_chosen_at = now
        db.session.add(seat_booking)

    page = desk.get(f"/staff/calendar?on={hours(0).date()}").text

    assert "Morning round: 2 of 8" in page
    assert page.count("lp-calendar__entry ") == 1


def test_free_times_are_shown_if_wished(call: Call, ben: StaffMember, desk: FlaskClient) -> None:
    make_interviews.slot(call, ben, hours(0))
    an_interview(call, ben, "Dev", hours(2))

    pages = [
        desk.get("/staff/calendar", query_string={"on": str(hours(0).date()), "free": free}).text
        for free in ("", "yes")
    ]

    assert [page.count("Free time") - page.count("Free times") for page in pages] == [0, 1]


def test_a_list_is_cut_into_pages(call: Call, ben: StaffMember, desk: FlaskClient) -> None:
    add_free_times(call, ben, PER_PAGE + 1)

    pages = [desk.get(f"/staff/calendar?view=list&free=yes&page={number}").text for number in (1, 2, 3)]

    assert [page.count('<th scope="row"') for page in pages] == [PER_PAGE, 1, 0]
    assert "page=2" in pages[0]
    assert "free=yes" in pages[0][pages[0].index("govuk-pagination") :]


def add_free_times(call: Call, by: StaffMember, count: int) -> None:
    for number in range(count):
        at = hours(1) + timedelta(hours=number)
        slot = Slot(call_id=call.id, interviewer_id=by.id, starts_at=at, ends_at=at + timedelta(minutes=30))
        slot.kind, slot.created_at = SlotKind.TELEPHONE, clock.now()
        db.session.add(slot)
    db.session.flush()


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "path",
    [
        "/staff",
        "/staff/calendar?free=yes",
        "/staff/calendar?view=month&free=yes",
        "/staff/calendar?view=list&free=yes",
        "/staff/interviews",
        "/staff/volunteers",
    ],
)
def test_more_interviews_ask_the_database_no_more_often(
    call: Call, ben: StaffMember, desk: FlaskClient, path: str
) -> None:
    an_interview(call, ben, "Dev", hours(0))
    desk.get(path)  # what is read once only
    with counting() as few:
        desk.get(path)
    for number, name in enumerate(("Fay", "Gus", "Hal", "Ivy"), 1):
        an_interview(call, ben, name, hours(number))
    add_free_times(call, make_interviews.interviewer("zoe"), 9)
    db.session.commit()  # mails ask for their jobs here, and not inside what is counted

    with counting() as many:
        desk.get(path)

    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("at", "on"),
    [
        (datetime(2027, 3, 27, 23, 30, tzinfo=UTC), date(2027, 3, 27)),
        (datetime(2027, 3, 28, 22, 59, tzinfo=UTC), date(2027, 3, 28)),
        (datetime(2027, 3, 28, 23, 1, tzinfo=UTC), date(2027, 3, 29)),  # summer time has begun
        (datetime(2027, 10, 30, 23, 1, tzinfo=UTC), date(2027, 10, 31)),
        (datetime(2027, 10, 31, 23, 59, tzinfo=UTC), date(2027, 10, 31)),  # and ended
    ],
)
def test_an_interview_is_listed_on_the_day_that_its_clocks_show(at: datetime, on: date) -> None:
    first, end = calendar_days.get_week_bounds(on)

    days = calendar_days.build_calendar_days([EntryKey(at, uuid4(), None)], first, end, LONDON, max_entries=9)

    assert [day.on for day in days if day.entry_keys] == [on]
    assert calendar_days.get_midnight(on, LONDON) <= at < calendar_days.get_midnight(on + timedelta(days=1), LONDON)


def test_a_busy_day_says_how_many_more_there_are() -> None:
    at = datetime(2027, 5, 3, 9, tzinfo=UTC)
    keys = [EntryKey(at + timedelta(minutes=n), uuid4(), None) for n in range(5)]

    (day,) = calendar_days.build_calendar_days(keys, at.date(), at.date() + timedelta(days=1), LONDON, max_entries=3)

    assert (len(day.entry_keys), day.hidden_count) == (3, 2)


def test_a_month_is_shown_in_whole_weeks() -> None:
    first, end = calendar_days.get_month_grid_bounds(date(2027, 2, 14))

    assert (first, end) == (date(2027, 2, 1), date(2027, 3, 1))
    assert calendar_days.get_month_grid_bounds(date(2026, 12, 31)) == (date(2026, 11, 30), date(2027, 1, 4))


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31", "2026-02-30"])
@pytest.mark.parametrize("view", ["week", "month", "list"])
def test_days_outside_any_calendar_still_show_a_page(desk: FlaskClient, view: str, on: str) -> None:
    assert desk.get(f"/staff/calendar?view={view}&on={on}").status_code == 200
