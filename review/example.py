"""Fill an empty database with the example, through the functions that people's deeds go through. Callers commit."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from accounts import people
from accounts.models import StaffMember
from accounts.roles import Role
from accounts.sign_in import member_with
from core import clock
from core.errors import RuleError
from core.settings import PROJECT_ROOT
from evidence import calls, consent, contributions, participants
from evidence.answers import record_answer
from evidence.background import note_background
from evidence.call_files import json_in, with_schedule
from evidence.call_json import call_from_json
from evidence.models import Call, Mode
from interviews import bookings, slots, volunteers
from interviews.by_staff import outcomes
from interviews.models import BookingStatus, Slot, SlotKind, Volunteer
from interviews.offering import offers
from interviews.offering.needs import Needs
from interviews.volunteers import Offer
from review.example_people import BOOKED, INTERVIEWED, OFFERED, STAFF, WRITERS, ExampleVolunteer, ExampleWriter
from transcripts import recordings, transcription

SAMPLES = PROJECT_ROOT / "samples"
DEMONSTRATION_MODEL = "samples/demo.pt"  # from the project's root: the worker may have been started elsewhere
DAYS_OPEN_BEFORE = 30  # what is told as past must have happened while the call was open
DAYS_OPEN_AFTER = 60
INTERVIEWED_DAYS_AGO = 4
WRITTEN_DAYS_AGO = 12
OFFERED_DAYS_BEFORE = 6
TIMES = (time(10), time(11, 30), time(14), time(18))
VIDEO = "https://meet.charity.example/listening"
ONE_DAY = timedelta(days=1)


class SampleMissingError(RuleError):
    """A file of the example is not where it should be."""


def load(recording: Path | None = None) -> Call | None:
    """The example call with everything that happened in it; None when it is here already.

    `recording`: another file to stand for the interview that was held.
    """
    data = _opened_around(json_in(SAMPLES / "example-call.json"), clock.now().date())
    if calls.find_call(call_from_json(with_schedule(data, SAMPLES)).slug) is not None:
        return None
    call = calls.load_draft(data, folder=SAMPLES)
    calls.publish(call)
    staff = {role: _member(email, name, role) for email, name, role in STAFF}
    for number, writer in enumerate(WRITERS):
        with clock.stopped_at(clock.now() - ONE_DAY * (WRITTEN_DAYS_AGO - number)):
            _write(call, writer)
    _interview(call, staff[Role.INTERVIEWER], recording or _sample("interview-1"))
    _offer_times(call, staff[Role.INTERVIEWER])
    _book_next(call)
    return call


def _opened_around(data: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The call with its dates moved where needed, so that it is open and has been for a while."""
    opens, closes = date.fromisoformat(data["opens_on"]), date.fromisoformat(data["closes_on"])
    return {
        **data,
        "opens_on": str(min(opens, today - ONE_DAY * DAYS_OPEN_BEFORE)),
        "closes_on": str(closes if closes > today else today + ONE_DAY * DAYS_OPEN_AFTER),
    }


def _member(email: str, name: str, role: Role) -> StaffMember:
    return member_with(email) or people.add(email=email, name=name, roles={role})


def _write(call: Call, writer: ExampleWriter) -> None:
    participant = participants.new_participant(name=writer.name, email=_address_of(writer.name))
    contribution = contributions.begin(call, participant, Mode.WRITTEN)
    note_background(contribution, writer.background)
    for key, text in json_in(SAMPLES / "written" / writer.file)["answers"].items():
        record_answer(contribution, key, text, by=None)
    terms = consent.terms_for(call, {Mode.WRITTEN})
    consent.record_decisions(participant, call, {term.use: True for term in terms}, noted_by=None)
    contributions.give(contribution)


def _interview(call: Call, interviewer: StaffMember, recording: Path) -> None:
    """One that was held some days ago and recorded; its transcription waits for the worker."""
    at = _on_day(call, -INTERVIEWED_DAYS_AGO, TIMES[0])
    with clock.stopped_at(at - ONE_DAY * OFFERED_DAYS_BEFORE):
        volunteer = _sign_up(call, INTERVIEWED)
        volunteers.accept(volunteer)
        (slot,) = slots.publish(call, interviewer, [at], kind=SlotKind.VIDEO, place=VIDEO)
        booking = bookings.book(slot, volunteer)
    with clock.stopped_at(slot.ends_at):  # nobody is reminded of it any more, nor is asked what became of it
        outcomes.settle(booking, BookingStatus.HAPPENED, by=interviewer.id)
    size = recording.stat().st_size
    with recording.open("rb") as sound:
        stored = recordings.storage().store(sound, f"recordings/{uuid4()}", announced_bytes=size, max_bytes=size)
    row = recordings.add(volunteer.contribution_id, stored, by=interviewer.id, model=DEMONSTRATION_MODEL)
    transcription.ask_for_next_step(row)


def _offer_times(call: Call, interviewer: StaffMember) -> list[Slot]:
    """Some on each working day of the coming two weeks."""
    days = [n for n in range(1, 15) if _on_day(call, n, TIMES[0]).weekday() < 5]
    starts = [_on_day(call, n, at) for n in days for at in TIMES[n % 2 :: 2]]
    return slots.publish(call, interviewer, starts, kind=SlotKind.VIDEO, place=VIDEO)


def _book_next(call: Call) -> None:
    """One volunteer has an interview to come, another waits to be accepted."""
    booked = _sign_up(call, BOOKED)
    volunteers.accept(booked)
    offers.take(booked, offers.open_times(booked)[1].slot)
    _sign_up(call, OFFERED)


def _sign_up(call: Call, person: ExampleVolunteer) -> Volunteer:
    offer = Offer(
        name=person.name,
        email=person.email,
        phone=person.phone,
        capacity=person.capacity,
        needs=Needs(access_needs=person.access_needs, language="English"),
        background=person.background,
        decisions={term.use: True for term in call.consent_terms},
    )
    volunteers.sign_up(call, offer)
    participant = participants.participants_with(person.email)[-1]
    return next(row for row in volunteers.offers_of(participant.id) if row.call_id == call.id)


def _on_day(call: Call, days: int, at: time) -> datetime:
    """So many days after today, at a time on the clocks of the call."""
    return datetime.combine(calls.today_of(call) + ONE_DAY * days, at, ZoneInfo(call.zone))


def _sample(name: str) -> Path:
    """A recording in whatever format it is kept."""
    found = sorted(path for path in SAMPLES.glob(f"{name}.*") if path.suffix != ".json")
    if not found:
        raise SampleMissingError(f"There is no recording {name} in {SAMPLES}.")
    return found[0]


def _address_of(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@home.example"
