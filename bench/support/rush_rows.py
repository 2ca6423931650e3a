"""The rows that bench/rush.py needs, and what became of them: python -m bench.support.rush_rows prepare 300 | count"""

import json
import sys

from sqlalchemy import func, select

from core.database import db
from evidence.models import Call
from evidence.participants import create_own_page_url
from interviews.models import Booking, BookingStatus, Slot, Volunteer, WaitlistEntry, WaitlistState
from tests.support import make_evidence, make_interviews
from wsgi import create_app

SLOTS = 10
SEATS = 8


def add_rows(clients: int) -> str:
    """As JSON: for each of the two rushes, one entry a client with its link, its volunteer's id and what it takes."""
    call, ben = make_evidence.call(), make_interviews.interviewer()
    offered = [make_interviews.slot(call, ben, make_interviews.next_week(8 + n)) for n in range(SLOTS)]
    session = make_interviews.slot(call, ben, make_interviews.next_week(10, days=3))
    session.is_group, session.capacity, session.title = True, SEATS, "Group session"
    people = {
        "interviews": [_add_volunteer(call, "a", n, offered[n % SLOTS]) for n in range(clients)],
        "session": [_add_volunteer(call, "b", n, session) for n in range(clients)],
    }
    db.session.commit()
    return json.dumps(people)


def print_counts() -> str:
    """One line on what the database holds."""
    booked = select(func.count()).select_from(Booking).where(Booking.status == BookingStatus.BOOKED)
    waiting = select(WaitlistEntry.number).where(WaitlistEntry.state == WaitlistState.WAITING)
    numbers = sorted(db.session.scalars(waiting))
    return (
        f"held: {db.session.scalar(booked.where(~Booking.is_group))} interviews, "
        f"{db.session.scalar(booked.where(Booking.is_group))} places in the session, {len(numbers)} people wait, "
        f"{'numbered without a gap' if numbers == list(range(1, len(numbers) + 1)) else f'numbered {numbers}'}"
    )


def _add_volunteer(call: Call, group: str, number: int, slot: Slot) -> dict[str, str]:
    volunteer: Volunteer = make_interviews.volunteer(call, f"{group}{number}", email=f"{group}{number}@home.example")
    link = str(create_own_page_url(volunteer.participant, call))
    return {"link": link, "volunteer": str(volunteer.id), "slot": str(slot.id)}


if __name__ == "__main__":
    with create_app().app_context():
        print(add_rows(int(sys.argv[2])) if sys.argv[1] == "prepare" else print_counts())
