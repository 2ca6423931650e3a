"""Pages of group sessions: five people, each sees what is theirs, and nothing typed is lost."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core import clock
from core.database import db
from evidence.participants import create_own_page_url
from interviews.group_sessions import attendance
from interviews.models import (
    Booking,
    BookingStatus,
    Slot,
    SlotKind,
    Volunteer,
    WaitlistEntry,
    WriteUpComment,
)
from tests.support import five_people, make, make_evidence, make_group_sessions, make_interviews

pytestmark = pytest.mark.one_database

SESSION_PAGES = [f"/staff/sessions/{{session}}{end}" for end in ("", "/change", "/cancel", "/give", "/write-up")]
SESSION_ACTIONS = [*SESSION_PAGES[1:], "/staff/sessions/{session}/who-came", "/staff/sessions/{session}/write-up/send"]
OWN_ACTIONS = [f"/my/sessions/{{session}}/{end}" for end in ("take", "join", "leave", "cancel", "write-up")]
STAFF_ONLY = {"cara": 403, "eve": 403, "dev": 302, "stranger": 302, "outsider": 302}
AFTER_TYPING = {"outsider": 400}  # a page with what they typed, to send it once they have signed in
SESSION_FORM = {
    "title": "Monday session",
    "session_date": ["7", "6", "2999"],
    "starts": "14:00",
    "minutes": "120",
    "kind": "in person",
    "location": "12 High Street",
    "room": "Room 3",
    "access": ["companion"],
    "site": "none",
    "capacity": "8",
    "minimum": "3",
}


def person(app: Flask, volunteer: Volunteer) -> FlaskClient:
    return five_people.sign_in_participant(app, volunteer.participant_id)


@pytest.fixture
def slot(app: Flask) -> Slot:
    """A session that ben runs, with two places, in which dev has one."""
    slot = make_group_sessions.session()
    attendance.take_seat(slot, make_interviews.volunteer(slot.call))
    return slot


@pytest.fixture
def dev(slot: Slot) -> Volunteer:
    return db.session.scalars(select(Booking).where(Booking.slot_id == slot.id)).one().volunteer


@pytest.fixture
def five(app: Flask, slot: Slot, dev: Volunteer) -> dict[str, FlaskClient]:
    """amira, ben, cara and eve are staff (eve without any role), zoe interviews too; dev is the volunteer."""
    roles = {"amira": [Role.COORDINATOR], "cara": [Role.REVIEWER], "eve": [], "zoe": [Role.INTERVIEWER]}
    ids: dict[str, UUID] = {name: make.staff(name, *granted).id for name, granted in roles.items()}
    clients = {name: five_people.sign_in_staff(app, own) for name, own in (ids | {"ben": slot.interviewer_id}).items()}
    clients["dev"] = person(app, dev)
    clients["stranger"] = five_people.sign_in_participant(app, make_evidence.participant("fay@home.example").id)
    clients["outsider"] = app.test_client()
    return clients


def path_of(pattern: str, slot: Slot) -> str:
    return pattern.format(session=slot.id, slug=slot.call.slug)


@pytest.mark.parametrize("page", ["/staff/sessions", "/staff/calls/{slug}/sessions/plan"])
def test_who_interviews_sees_the_sessions(five: dict[str, FlaskClient], slot: Slot, page: str) -> None:
    found = {name: client.get(path_of(page, slot)).status_code for name, client in five.items()}

    assert found == STAFF_ONLY | {"amira": 200, "ben": 200, "zoe": 200}


@pytest.mark.parametrize("page", SESSION_PAGES)
def test_a_session_is_seen_by_its_interviewer_and_the_coordinator(
    five: dict[str, FlaskClient], slot: Slot, page: str
) -> None:
    found = {name: client.get(path_of(page, slot)).status_code for name, client in five.items()}

    assert found == STAFF_ONLY | {"amira": 200, "ben": 200, "zoe": 404}


@pytest.mark.parametrize("action", SESSION_ACTIONS)
def test_nobody_else_changes_a_session(five: dict[str, FlaskClient], slot: Slot, action: str) -> None:
    others = [name for name in five if name not in {"amira", "ben"}]

    found = {name: five[name].post(path_of(action, slot), data={"reason": "x"}).status_code for name in others}

    assert found == STAFF_ONLY | AFTER_TYPING | {"zoe": 404}


def test_only_the_coordinator_hands_a_session_over(five: dict[str, FlaskClient], slot: Slot) -> None:
    path = f"/staff/sessions/{slot.id}/hand-over"

    found = {name: client.get(path).status_code for name, client in five.items()}

    assert found == STAFF_ONLY | {"amira": 200, "ben": 403, "zoe": 403}


def test_an_interviewer_lists_their_own_sessions_alone(five: dict[str, FlaskClient], slot: Slot) -> None:
    pages = {name: five[name].get("/staff/sessions").text for name in ("amira", "ben", "zoe")}

    assert {name: str(slot.id) in page for name, page in pages.items()} == {"amira": True, "ben": True, "zoe": False}


def test_staff_see_references_and_needs_and_no_names(five: dict[str, FlaskClient], slot: Slot, dev: Volunteer) -> None:
    page = five["ben"].get(f"/staff/sessions/{slot.id}").text

    assert dev.participant.reference in page
    assert "Captions" in page
    assert "dev@home.example" not in page


def test_a_session_page_shows_only_its_own_person_and_nobody_else(
    app: Flask, five: dict[str, FlaskClient], slot: Slot, dev: Volunteer
) -> None:
    (fay,) = make_group_sessions.volunteers(slot.call, "Fay")

    page = person(app, fay).get(f"/my/sessions/{slot.id}").text

    assert "Take a place" in page
    assert dev.participant.reference not in page


def test_who_does_not_take_part_in_the_call_finds_no_session(five: dict[str, FlaskClient], slot: Slot) -> None:
    found = {
        name: {five[name].post(path_of(action, slot)).status_code for action in OWN_ACTIONS}
        for name in ("stranger", "outsider", "amira", "eve")
    }

    assert found == {"stranger": {404}, "outsider": {302}, "amira": {302}, "eve": {302}}


def test_one_takes_a_seat_from_the_list_and_gives_it_up(app: Flask, slot: Slot) -> None:
    (fay,) = make_group_sessions.volunteers(slot.call, "Fay")
    client, base = person(app, fay), f"/my/sessions/{slot.id}"
    listed = client.get("/my/sessions").text

    taken = client.post(f"{base}/take", follow_redirects=True).text
    given_up = client.post(f"{base}/cancel", data={"reason": "Ill"}, follow_redirects=True).text

    assert "Places available" in listed
    assert "You have a place in the session on " in taken
    assert "You have given up your place" in given_up
    assert "Take a place" in given_up


def test_one_waits_sees_the_number_and_leaves(app: Flask, slot: Slot) -> None:
    for who in make_group_sessions.volunteers(slot.call, "Fay", "Gus"):
        client = person(app, who)
        client.post(f"/my/sessions/{slot.id}/take")
    hal = person(app, make_interviews.volunteer(slot.call, "Hal"))
    client.post(f"/my/sessions/{slot.id}/join")

    full = hal.post(f"/my/sessions/{slot.id}/take", follow_redirects=True).text
    hal.post(f"/my/sessions/{slot.id}/join")
    own_page = hal.get("/my").text
    left = hal.post(f"/my/sessions/{slot.id}/leave", follow_redirects=True).text

    assert "All places are taken" in full
    assert "number 2 on the waiting list" in own_page
    assert "Join the waiting list" in left


def test_opening_a_page_or_a_link_changes_nothing(app: Flask, slot: Slot) -> None:
    (fay,) = make_group_sessions.volunteers(slot.call, "Fay")
    token = create_own_page_url(fay.participant, fay.call).rpartition("/")[2]
    client = app.test_client()

    for page in ("place", "cancel", "write-up"):
        client.get(f"/link/{token}/sessions/{slot.id}/{page}", follow_redirects=True)
    actions = [client.get(f"/my/sessions/{slot.id}/{action}").status_code for action in ("take", "join", "leave")]

    assert actions == [405, 405, 405]
    assert db.session.scalars(select(Booking.volunteer_id)).all() != [fay.id]
    assert db.session.scalars(select(WaitlistEntry.id)).all() == []


def test_after_the_cut_off_one_is_led_to_a_message(app: Flask, slot: Slot, dev: Volunteer) -> None:
    client = person(app, dev)

    with clock.freeze_at(slot.starts_at - make_group_sessions.TWO_HOURS):
        page = client.get(f"/my/sessions/{slot.id}/cancel", follow_redirects=True).text

    assert "send us a message" in page
    assert f"/my/offers/{dev.id}/message" in page


def test_a_session_that_does_not_suit_is_not_seen(app: Flask, slot: Slot) -> None:
    (fay,) = make_group_sessions.volunteers(slot.call, "Fay", needs_step_free=True)
    client = person(app, fay)

    assert client.get(f"/my/sessions/{slot.id}").status_code == 404
    assert str(slot.id) not in client.get("/my/sessions").text


def test_a_coordinator_plans_a_session_for_somebody(five: dict[str, FlaskClient], slot: Slot) -> None:
    data = SESSION_FORM | {"host": str(slot.interviewer_id)}

    answer = five["amira"].post(f"/staff/calls/{slot.call.slug}/sessions/plan", data=data, follow_redirects=True)

    assert "Session planned for" in answer.text
    made = db.session.scalars(select(Slot).where(Slot.capacity == 8)).one()
    assert (made.interviewer_id, made.minimum, made.is_group) == (slot.interviewer_id, 3, True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": "Cancer group"}, "leave out anything about health"),
        ({"title": ""}, "Enter a title."),
        ({"starts": "2 pm"}, "Enter one time"),
        ({"starts": "9:00, 10:00"}, "Enter one time"),
        ({"session_date": ["7", "6", "2020"]}, "This time is in the past"),
        ({"minutes": "soon"}, "Enter a whole number from 15"),
        ({"capacity": "1"}, "Enter a whole number from 2 to"),
        ({"minimum": "9"}, "more than the number of places"),
        ({"location": ""}, "Enter the video link or the address."),
        ({"kind": "telephone"}, "Not a valid choice"),
        ({"session_date": ["31", "3", "2030"], "starts": "1:30"}, "does not exist that day"),
    ],
)
def test_what_cannot_be_planned_is_refused_and_stays_in_the_form(
    five: dict[str, FlaskClient], slot: Slot, change: dict[str, Any], words: str
) -> None:
    data = SESSION_FORM | {"host": str(slot.interviewer_id), "room": "By the stairs"} | change

    answer = five["ben"].post(f"/staff/calls/{slot.call.slug}/sessions/plan", data=data)

    assert (answer.status_code, "<title>Error: " in answer.text) == (200, True)
    assert words in answer.text
    assert "By the stairs" in answer.text


def test_an_interviewer_plans_sessions_for_themselves_alone(five: dict[str, FlaskClient], slot: Slot) -> None:
    data = SESSION_FORM | {"host": str(slot.interviewer_id)}

    answer = five["zoe"].post(f"/staff/calls/{slot.call.slug}/sessions/plan", data=data)

    assert answer.status_code == 200
    assert "<title>Error: " in answer.text


def test_a_change_with_too_few_seats_keeps_what_was_typed(five: dict[str, FlaskClient], slot: Slot) -> None:
    for who in make_group_sessions.volunteers(slot.call, "Fay"):
        attendance.take_seat(slot, who)
    slot.capacity = 3
    for who in make_group_sessions.volunteers(slot.call, "Gus"):
        attendance.take_seat(slot, who)

    changed = SESSION_FORM | {"capacity": "2", "minimum": "1", "reason": "Fewer chairs"}
    answer = five["ben"].post(f"/staff/sessions/{slot.id}/change", data=changed)

    assert "3 people have or are being offered a place" in answer.text
    assert "Fewer chairs" in answer.text


def test_the_form_to_change_a_session_shows_it_as_it_is(five: dict[str, FlaskClient], slot: Slot) -> None:
    page = five["ben"].get(f"/staff/sessions/{slot.id}/change").text

    for shown in ("Monday session", "14:00", "120", "12 High Street", "Room 3"):
        assert f'value="{shown}"' in page


def test_staff_give_a_seat_by_reference_and_cancel_it(five: dict[str, FlaskClient], slot: Slot) -> None:
    (fay,) = make_group_sessions.volunteers(slot.call, "Fay")
    base = f"/staff/sessions/{slot.id}"

    unknown = five["amira"].post(f"{base}/give", data={"reference": "P-NOONE"}).text
    given = five["amira"].post(
        f"{base}/give", data={"reference": fay.participant.reference.lower()}, follow_redirects=True
    )
    again = five["amira"].post(f"{base}/give", data={"reference": fay.participant.reference}).text
    booking = db.session.scalars(select(Booking).where(Booking.volunteer_id == fay.id)).one()
    five["amira"].post(f"{base}/places/{booking.id}/cancel", data={"reason": "We are short of chairs."})

    assert "has this reference" in unknown
    assert "has a place in the session" in given.text
    assert "This person already has" in again
    db.session.refresh(booking)
    amira = db.session.scalars(select(StaffMember.id).where(StaffMember.name == "Amira")).one()
    assert (booking.status, booking.booked_by) == (BookingStatus.CANCELLED, amira)


def test_staff_put_somebody_on_the_list_and_later_give_them_the_seat_that_is_kept(
    five: dict[str, FlaskClient], slot: Slot, dev: Volunteer
) -> None:
    fay, gus = make_group_sessions.volunteers(slot.call, "Fay", "Gus")
    attendance.take_seat(slot, fay)
    path, data = f"/staff/sessions/{slot.id}/give", {"reference": gus.participant.reference}

    full = five["amira"].post(path, data=data).text
    waits = five["amira"].post(path, data=data | {"waits": "yes"}, follow_redirects=True).text
    attendance.cancel_seat(db.session.scalars(select(Booking).where(Booking.volunteer_id == dev.id)).one())
    given = five["ben"].post(path, data=data, follow_redirects=True).text  # who waits may be seated by the interviewer

    assert "You can add this person to the waiting list" in full
    assert "is on the waiting list" in waits
    assert "has a place in the session" in given


def test_an_interviewer_finds_nobody_by_reference_who_does_not_wait(five: dict[str, FlaskClient], slot: Slot) -> None:
    (fay,) = make_group_sessions.volunteers(slot.call, "Fay")

    answer = five["ben"].post(f"/staff/sessions/{slot.id}/give", data={"reference": fay.participant.reference})

    assert "Nobody on the waiting list has this reference" in answer.text


def test_an_interviewer_of_a_group_sees_no_contacts_through_a_booking(
    five: dict[str, FlaskClient], dev: Volunteer
) -> None:
    booking = db.session.scalars(select(Booking)).one()

    shown = {name: five[name].get(f"/staff/interviews/{booking.id}") for name in ("ben", "amira")}

    email = dev.participant.contact.email if dev.participant.contact else ""
    assert email not in shown["ben"].text
    assert shown["amira"].status_code != 200 or email in shown["amira"].text


def test_a_seat_of_another_session_is_not_found_here(five: dict[str, FlaskClient], slot: Slot) -> None:
    other = make_group_sessions.session(slot.call, make_interviews.interviewer("una"))
    booking = db.session.scalars(select(Booking)).one()

    answer = five["amira"].post(f"/staff/sessions/{other.id}/places/{booking.id}/cancel", data={"reason": "x"})

    assert answer.status_code == 404


def test_from_who_came_to_a_comment(app: Flask, five: dict[str, FlaskClient], slot: Slot, dev: Volunteer) -> None:
    base, own = f"/staff/sessions/{slot.id}", f"/my/sessions/{slot.id}/write-up"
    booking = db.session.scalars(select(Booking)).one()
    with clock.freeze_at(slot.ends_at):
        five["ben"].post(f"{base}/who-came", data={f"came-{booking.id}": "yes"})
        saved = five["ben"].post(
            f"{base}/write-up", data={"text": "We talked.", "preview": "yes"}, follow_redirects=True
        )
        before = five["dev"].get(own).status_code
        five["ben"].post(f"{base}/write-up/send", data={"sent_before": ""})
        person(app, dev)
        read = five["dev"].get(own).text
        own_page = five["dev"].get("/my").text
        empty = five["dev"].post(own, data={"text": " "}).text
        five["dev"].post(own, data={"text": "You forgot the garden."})
        staff_page = five["ben"].get(f"{base}/write-up").text

    assert "Preview the summary" in saved.text
    assert (before, "We talked." in read) == (404, True)
    assert "Read the summary" in own_page
    assert f'href="{own}"' in own_page
    assert "<title>Error: " in empty
    assert db.session.scalars(select(WriteUpComment.text)).all() == ["You forgot the garden."]
    assert "You forgot the garden." in staff_page
    assert dev.participant.reference in staff_page


@pytest.mark.parametrize(("kind", "is_shown"), [(SlotKind.VIDEO, False), (SlotKind.IN_PERSON, True)])
def test_steps_matter_where_people_meet_in_person(
    five: dict[str, FlaskClient], slot: Slot, kind: SlotKind, *, is_shown: bool
) -> None:
    slot.kind = kind
    db.session.commit()

    page = five["ben"].get(f"/staff/sessions/{slot.id}").text

    assert ("Not step-free, or not known" in page) is is_shown


def test_the_form_to_sign_up_tells_of_sessions_to_come(client: FlaskClient, slot: Slot) -> None:
    page = client.get(f"/calls/{slot.call.slug}/volunteer").text

    assert "You can also take part in" in page


def test_a_page_of_a_cancelled_session_says_so(app: Flask, five: dict[str, FlaskClient], slot: Slot) -> None:
    five["ben"].post(f"/staff/sessions/{slot.id}/cancel", data={"reason": "Ill"})

    assert "this session is cancelled" in five["dev"].get(f"/my/sessions/{slot.id}").text
    assert "This session is cancelled" in five["ben"].get(f"/staff/sessions/{slot.id}").text
