"""The rows that bench/scale.py needs, written in bulk: python -m bench.support.scale_rows 10000

A year of bookings around today: twenty interviewers, some no-shows, cancellations, free times and group sessions, the
events in people's calendars, and the mails that went out about them. Nobody in it exists.
"""

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert

from accounts.roles import Role
from core import clock
from core.database import Model, db
from core.models import MailState, OutboxMessage
from evidence.calls import get_current_version
from evidence.models import Call, Contact, Contribution, ContributionState, Mode, Participant
from interviews.models import (
    Booking,
    BookingStatus,
    Invitation,
    InviteeRole,
    Slot,
    SlotKind,
    Volunteer,
    VolunteerState,
)
from tests.support import make, make_evidence
from wsgi import create_app

INTERVIEWERS = 20
HOURS = (9, 10, 11, 13, 14, 15, 16)  # in UTC
BATCH_ROWS = 1000
WITHOUT_OUTCOME = timedelta(days=14)  # whose outcome nobody has noted yet
KINDS = (SlotKind.VIDEO, SlotKind.VIDEO, SlotKind.TELEPHONE, SlotKind.IN_PERSON)
SESSION_EVERY, FREE_EVERY, CANCELLED_EVERY, NO_SHOW_EVERY = 100, 5, 10, 20  # of the bookings
SEATS, IN_SESSION = 8, 6


def fill_database(bookings: int) -> None:
    call = make_evidence.call()
    make.staff("amira", Role.COORDINATOR)
    people = [make.staff(f"interviewer{n}", Role.INTERVIEWER).id for n in range(INTERVIEWERS)]
    version = get_current_version(call).id
    slots = list(islice(_make_slots(call, people, bookings // INTERVIEWERS + 1), bookings + bookings // FREE_EVERY))
    persons = [_make_person(call, version, number) for number in range(bookings + bookings // CANCELLED_EVERY)]
    _write_all(slots, persons, bookings)
    db.session.commit()


def _write_all(slots: list[dict[str, Any]], persons: list[dict[type[Model], dict[str, Any]]], bookings: int) -> None:
    _write(Slot, slots)
    for kind in (Participant, Contact, Contribution, Volunteer):
        _write(kind, [rows[kind] for rows in persons])
    ids = [rows[Volunteer]["id"] for rows in persons]
    booked = [
        _make_booking(slot, who, number) for number, (slot, who) in enumerate(zip(slots[:bookings], ids, strict=False))
    ]
    cancelled = [
        _make_booking(slot, who, 1) | {"status": BookingStatus.CANCELLED, "cancelled_at": clock.now()}
        for slot, who in zip(slots, ids[bookings:], strict=False)
    ]
    seats = [
        _make_booking(session, ids[(number + seat) % bookings], 1) | {"is_group": True, "seat": seat + 1}
        for number, session in enumerate(slot for slot in slots if slot["is_group"])
        for seat in range(IN_SESSION)
    ]
    rows = [row for row, slot in zip(booked, slots, strict=False) if not slot["is_group"]]
    _write(Booking, [*rows, *cancelled, *seats])
    _write(Invitation, [_make_invitation(row, audience) for row in [*rows, *cancelled] for audience in InviteeRole])
    _write(OutboxMessage, [_make_mail() for _ in range(2 * bookings)])


def _write(kind: type[Model], rows: list[dict[str, Any]]) -> None:
    for begin in range(0, len(rows), BATCH_ROWS):
        db.session.execute(insert(kind), rows[begin : begin + BATCH_ROWS])


def _make_slots(call: Call, people: list[UUID], most: int) -> Iterator[dict[str, Any]]:
    """From half a year ago on, as many on each working day for each interviewer as it takes for a year."""
    per_day = -(-most * 12 // 10 // 250)
    first = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=182)
    numbers = count(1)
    for day in (first + timedelta(days=n) for n in count() if (first + timedelta(days=n)).weekday() < 5):
        for who in people:
            for hour in HOURS[:per_day]:
                yield _make_slot(call, who, day + timedelta(hours=hour), next(numbers))


def _make_slot(call: Call, interviewer_id: UUID, at: datetime, number: int) -> dict[str, Any]:
    is_group = number % SESSION_EVERY == 0
    kind = KINDS[number % len(KINDS)]
    return {
        "id": uuid4(),
        "call_id": call.id,
        "interviewer_id": interviewer_id,
        "site_id": call.sites[number % len(call.sites)].id if call.sites else None,
        "starts_at": at,
        "ends_at": at + timedelta(minutes=45),
        "kind": kind,
        "place": "" if kind is SlotKind.TELEPHONE else "https://meet.example/room",
        "is_group": is_group,
        "title": "Group session" if is_group else "",
        "capacity": SEATS if is_group else 1,
        "created_at": clock.now(),
    }


def _make_person(call: Call, version_id: UUID, number: int) -> dict[type[Model], dict[str, Any]]:
    who, contribution, now = uuid4(), uuid4(), clock.now() - timedelta(minutes=number)
    return {
        Participant: {"id": who, "reference": f"P-{number:06}", "created_at": now},
        Contact: {"participant_id": who, "name": f"Person {number}", "email": f"p{number}@home.example"},
        Contribution: {
            "id": contribution,
            "call_id": call.id,
            "schedule_version_id": version_id,
            "participant_id": who,
            "mode": Mode.INTERVIEW,
            "state": ContributionState.DRAFT,
            "created_at": now,
        },
        Volunteer: {
            "id": uuid4(),
            "participant_id": who,
            "call_id": call.id,
            "address_mark": f"{number:064}",
            "contribution_id": contribution,
            "state": VolunteerState.ACCEPTED,
            "created_at": now,
        },
    }


def _make_booking(slot: dict[str, Any], volunteer_id: UUID, number: int) -> dict[str, Any]:
    now = clock.now()
    settled = slot["ends_at"] < now - WITHOUT_OUTCOME
    outcome = BookingStatus.NO_SHOW if number % NO_SHOW_EVERY == 0 else BookingStatus.COMPLETED
    return {
        "id": uuid4(),
        "slot_id": slot["id"],
        "volunteer_id": volunteer_id,
        "status": outcome if settled else BookingStatus.BOOKED,
        "settled_at": now if settled else None,
        "created_at": now,
        "placed_at": now,
        "cancelled_at": None,
        "is_group": False,
        "seat": 1,
    }


def _make_invitation(booking: dict[str, Any], audience: InviteeRole) -> dict[str, Any]:
    own_id = uuid4()
    return {
        "id": own_id,
        "booking_id": booking["id"],
        "audience": audience,
        "uid": f"{own_id}@home.example",
        "attendee": f"{audience.value}@home.example",
        "is_cancelled": booking["status"] is BookingStatus.CANCELLED,
    }


def _make_mail() -> dict[str, Any]:
    now = clock.now()
    return {
        "id": uuid4(),
        "recipient": "",
        "recipient_id": uuid4(),
        "subject": "Your interview is booked",
        "text": "Wiped",
        "html": "Wiped",
        "state": MailState.SENT,
        "next_attempt_at": now,
        "created_at": now,
        "sent_at": now,
    }


if __name__ == "__main__":
    with create_app().app_context():
        fill_database(int(sys.argv[1]))
