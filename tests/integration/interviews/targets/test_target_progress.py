"""The board of a call: each volunteer counts once, where they have come furthest."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from accounts.roles import Role
from core import clock
from core.database import db
from evidence.models import Call
from interviews.bookings import bookings, outcomes
from interviews.models import BookingStatus, Volunteer
from interviews.targets.groups import PER_PAGE, list_group_members, set_volunteer_groups
from interviews.targets.progress import CallProgress, TargetGroup, find_group, get_call_progress
from interviews.targets.stages import Grouping
from interviews.targets.targets import NamedGroup, TargetPlan, set_targets
from interviews.volunteers import volunteers
from tests.support import five_people, make, make_evidence, make_interviews

pytestmark = pytest.mark.one_database


@pytest.fixture
def call(app: Flask) -> Call:
    """With a target for each kind of group."""
    made = make_evidence.call()
    set_targets(
        made,
        TargetPlan(
            sites={site.key: (2, 3) for site in made.sites},
            area_types={"urban": (1, 2)},
            capacities=[NamedGroup("", "Carer", (1, 2)), NamedGroup("", "Clinician", (4, 4))],
            languages=[NamedGroup("", "Urdu", (1, 1)), NamedGroup("", "English", (0, 0))],
            shows_open_targets=False,
            asks_equality=False,
        ),
    )
    return made


@pytest.fixture
def amira(app: Flask) -> FlaskClient:
    return five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)


@contextmanager
def count_queries() -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def at_site(call: Call, name: str, number: int = 0, **changes: object) -> Volunteer:
    """A volunteer who counts for a site, and as a carer."""
    made = make_interviews.volunteer(call, name, **changes)  # type: ignore[arg-type]
    set_volunteer_groups(made, site_id=str(call.sites[number].id), capacity_key="carer")
    return made


def group(board: CallProgress, by: Grouping, number: int = 0) -> TargetGroup:
    return next(section.groups[number] for section in board.sections if section.grouping is by)


def list_stage_counts(found: TargetGroup) -> dict[str, int]:
    return {stage.value: number for stage, number in found.counts.items() if number}


def test_each_stage_is_counted(call: Call) -> None:
    ben = make_interviews.interviewer()
    people = [at_site(call, name) for name in ("Ann", "Bob", "Cay", "Dee")]
    set_volunteer_groups(
        make_interviews.volunteer(call, "Eli", is_accepted=False), site_id=str(call.sites[0].id), capacity_key=""
    )
    bookings.book(make_interviews.slot(call, ben), people[0])
    bookings.book(make_interviews.slot(call, ben), people[1]).status = BookingStatus.COMPLETED
    bookings.book(make_interviews.slot(call, ben), people[2]).status = BookingStatus.NO_SHOW

    board = get_call_progress(call)

    assert list_stage_counts(group(board, Grouping.SITE)) == {"offered": 1, "accepted": 2, "booked": 1, "done": 1}
    assert board.total == group(board, Grouping.SITE).counts


def test_an_interview_that_is_over_is_done_when_its_outcome_is_noted(call: Call) -> None:
    booking = make_interviews.booking(at_site(call, "Annabel"))

    with clock.freeze_at(booking.slot.ends_at + timedelta(minutes=1)):
        before = list_stage_counts(group(get_call_progress(call), Grouping.SITE))
        outcomes.record_outcome(booking, BookingStatus.COMPLETED, by=booking.slot.interviewer_id)
        after = list_stage_counts(group(get_call_progress(call), Grouping.SITE))

    assert (before, after) == ({"booked": 1}, {"done": 1})


def test_a_seat_in_a_group_session_meets_no_target(call: Call) -> None:
    ann = make_interviews.volunteer(call, "Ann")
    seat_booking = make_interviews.booking(ann)
    seat_booking.is_group = seat_booking.slot.is_group = True
    seat_booking.slot.site_id = call.sites[0].id
    seat_booking.status = BookingStatus.COMPLETED
    db.session.flush()

    board = get_call_progress(call)

    assert list_stage_counts(group(board, Grouping.SITE)) == {}
    assert {stage.value: number for stage, number in board.total.items() if number} == {"accepted": 1}


def test_anyone_who_has_withdrawn_no_longer_counts(call: Call) -> None:
    volunteers.withdraw(at_site(call, "Annabel"))

    assert list_stage_counts(group(get_call_progress(call), Grouping.SITE)) == {}


def test_anyone_who_named_no_site_counts_where_they_are_interviewed(call: Call) -> None:
    slot = make_interviews.slot(call, make_interviews.interviewer())
    slot.site_id = call.sites[1].id
    make_interviews.booking(make_interviews.volunteer(call), slot)

    board = get_call_progress(call)

    assert list_stage_counts(group(board, Grouping.SITE, 1)) == {"booked": 1}


def test_somebody_counts_for_each_kind_of_area_that_they_named(call: Call) -> None:
    make_interviews.volunteer(call)

    board = get_call_progress(call)

    area_types = {found.title: list_stage_counts(found) for found in board.sections[1].groups}
    assert area_types["urban"] == {"accepted": 1}
    assert all(found == {} for title, found in area_types.items() if title != "urban")


def test_languages_are_one_however_they_are_typed(call: Call) -> None:
    for name, language in (("Ann", "urdu"), ("Bob", " URDU "), ("Cay", ""), ("Dee", "Welsh")):
        make_interviews.volunteer(call, name, language=language)

    board = get_call_progress(call)

    named = {found.title: list_stage_counts(found) for found in board.sections[3].groups}
    assert named == {"Urdu": {"accepted": 2}, "English": {"accepted": 1}, "None of these": {"accepted": 1}}


def test_what_is_still_sought_follows_bookings_and_interviews(call: Call) -> None:
    before = group(get_call_progress(call), Grouping.SITE).still_needed
    for name in ("Ann", "Bob", "Cay"):
        make_interviews.booking(at_site(call, name), make_interviews.slot(call, make_interviews.interviewer(name)))

    after = group(get_call_progress(call), Grouping.SITE)

    assert (before, after.still_needed, after.is_full) == (2, 0, True)


def test_nothing_is_sought_at_a_site_that_is_closed(call: Call) -> None:
    call.sites[0].closed_at = clock.now()
    db.session.flush()

    assert [found.still_needed for found in get_call_progress(call).sections[0].groups][:2] == [0, 2]


def test_nothing_is_sought_for_a_call_that_is_closed(call: Call) -> None:
    call.closed_at = clock.now()
    db.session.flush()

    assert {found.still_needed for section in get_call_progress(call).sections for found in section.groups} == {0}


def test_the_board_asks_as_much_for_many_as_for_one(call: Call, amira: FlaskClient) -> None:
    at_site(call, "Ann")
    db.session.commit()
    with count_queries() as for_one:
        amira.get(f"/staff/calls/{call.slug}/board")
    for number in range(5):
        make_interviews.booking(
            at_site(call, f"Bob{number}", number % 2),
            make_interviews.slot(call, make_interviews.interviewer(f"ben{number}")),
        )
    db.session.commit()

    with count_queries() as for_many:
        amira.get(f"/staff/calls/{call.slug}/board")

    assert len(for_many) == len(for_one) <= 16


def test_the_page_says_who_is_wanted(call: Call, amira: FlaskClient) -> None:
    make_interviews.booking(at_site(call, "Annabel"))

    page = " ".join(amira.get(f"/staff/calls/{call.slug}/board").text.split())

    assert "1 of 2 to 3" in page
    assert "<strong>1 more</strong>" in page
    assert "Annabel" not in page


def test_a_group_lists_its_volunteers_by_reference(call: Call, amira: FlaskClient) -> None:
    ann = at_site(call, "Annabel")
    bob = make_interviews.volunteer(call, "Bob")

    page = amira.get(f"/staff/calls/{call.slug}/board/capacity?group=carer").text
    rest = amira.get(f"/staff/calls/{call.slug}/board/capacity").text

    assert (ann.participant.reference in page, bob.participant.reference in page) == (True, False)
    assert (ann.participant.reference in rest, bob.participant.reference in rest) == (False, True)
    assert "Annabel" not in page


def test_the_lists_of_a_board_are_as_long_as_its_numbers(call: Call) -> None:
    for number, name in enumerate(("Ann", "Bob", "Cay")):
        at_site(call, name, number % 2, language="Urdu" if number else "")

    board = get_call_progress(call)

    for section in board.sections:
        for found in section.groups:
            assert len(list_group_members(call, section.grouping, found)[0]) == found.counts.total()


def test_a_long_list_has_pages(call: Call, amira: FlaskClient) -> None:
    first = make_interviews.volunteer(call, "Ann", is_accepted=False).participant.reference
    for number in range(PER_PAGE):
        make_interviews.volunteer(call, f"Bob{number}", is_accepted=False)

    pages = [amira.get(f"/staff/calls/{call.slug}/board/capacity?page={n}").text for n in (1, 2)]

    assert [first in page for page in pages] == [False, True]
    assert pages[0].count("/staff/volunteers/") == PER_PAGE
    assert "page=2" in pages[0]


@pytest.mark.parametrize("address", ["/staff/calls/none/board", "/board/colour", "/board/capacity?group=none"])
def test_what_is_not_there_is_not_found(call: Call, amira: FlaskClient, address: str) -> None:
    path = address if address.startswith("/staff") else f"/staff/calls/{call.slug}{address}"

    assert amira.get(path).status_code == 404
    assert find_group(call, Grouping.CAPACITY, "none") is None


def test_the_board_leads_to_the_other_pages_of_its_call(call: Call, amira: FlaskClient) -> None:
    board = amira.get(f"/staff/calls/{call.slug}/board").text

    addresses = set(re.findall(rf'href="(/staff/calls/{call.slug}/[^"]+)"', board)) - {
        f"/staff/calls/{call.slug}/board"
    }
    assert len(addresses) > 12
    assert {path: amira.get(path).status_code for path in addresses} == dict.fromkeys(addresses, 200)


def test_a_draft_has_a_progress_page_with_working_links(app: Flask, amira: FlaskClient) -> None:
    slug = make_evidence.draft_call(title="Draft").slug

    board = amira.get(f"/staff/calls/{slug}/board").text

    addresses = set(re.findall(rf'href="(/staff/calls/{slug}/[^"]+)"', board))
    assert {amira.get(path).status_code for path in addresses} == {200}


def test_a_call_without_groups_has_a_board(app: Flask, amira: FlaskClient) -> None:
    bare = make_evidence.call(title="Bare", sites=[], places=[])

    page = amira.get(f"/staff/calls/{bare.slug}/board").text

    assert "capacities or languages yet" in page


@pytest.mark.parametrize("page", ["board", "board/site"])
def test_only_the_coordinator_sees_the_board(app: Flask, call: Call, page: str) -> None:
    path = f"/staff/calls/{call.slug}/{page}"
    roles = {"amira": [Role.COORDINATOR], "ben": [Role.INTERVIEWER], "cara": [Role.REVIEWER], "eve": []}
    people = {name: five_people.sign_in_staff(app, make.staff(name, *granted).id) for name, granted in roles.items()}
    people["dev"] = five_people.sign_in_participant(app, make_interviews.volunteer(call).participant_id)

    found = {name: client.get(path).status_code for name, client in people.items()}

    assert found == {"amira": 200, "ben": 403, "cara": 403, "eve": 403, "dev": 302}
