"""Fill an empty database with the example, using the same functions as the pages. Callers commit."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from accounts import people
from accounts.models import StaffMember
from accounts.roles import Role
from accounts.sign_in_links import find_member_by_email
from core import clock
from core.errors import RuleError
from core.settings import PROJECT_ROOT
from evidence import calls, consent, contributions, participants
from evidence.answers import record_answer
from evidence.call_files import embed_schedule, read_json
from evidence.call_json import call_from_json
from evidence.case_profile import save_case_profile
from evidence.models import Call, Mode
from interviews.availability import slots
from interviews.bookings import bookings, outcomes
from interviews.matching import suitable_times
from interviews.models import BookingStatus, Slot, SlotKind, Volunteer
from interviews.volunteers import volunteers
from interviews.volunteers.needs import Needs
from interviews.volunteers.volunteers import SignUpDetails
from review.example_data.people import (
    BOOKED_VOLUNTEER,
    INTERVIEWED_VOLUNTEER,
    PENDING_VOLUNTEER,
    STAFF,
    WRITERS,
    ExampleVolunteer,
    ExampleWriter,
)
from transcripts.recordings import processing_jobs, recordings

SAMPLES = PROJECT_ROOT / "samples"
DEMONSTRATION_MODEL = "samples/demo.pt"  # from the project's root: the worker may have been started elsewhere
DAYS_OPEN_BEFORE = 30  # past events of the example must be within this time
DAYS_OPEN_AFTER = 60
INTERVIEWED_DAYS_AGO = 4
WRITTEN_DAYS_AGO = 12
OFFERED_DAYS_BEFORE = 6
SLOT_TIMES = (time(10), time(11, 30), time(14), time(18))
VIDEO_URL = "https://meet.charity.example/listening"
ONE_DAY = timedelta(days=1)


class SampleMissingError(RuleError): ...


def load_example_call(recording: Path | None = None) -> Call | None:
    data = _shift_dates_around(read_json(SAMPLES / "example-call.json"), clock.now().date())
    if calls.find_call(call_from_json(embed_schedule(data, SAMPLES)).slug) is not None:
        return None
    call = calls.load_draft(data, folder=SAMPLES)
    calls.publish(call)
    staff = {role: _find_or_add_member(email, name, role) for email, name, role in STAFF}
    for number, writer in enumerate(WRITERS):
        with clock.freeze_at(clock.now() - ONE_DAY * (WRITTEN_DAYS_AGO - number)):
            _add_written_contribution(call, writer)
    _add_recorded_interview(call, staff[Role.INTERVIEWER], recording or _find_sample_recording("interview-1"))
    _publish_slots(call, staff[Role.INTERVIEWER])
    _add_upcoming_interview(call)
    return call


def _shift_dates_around(data: Mapping[str, Any], today: date) -> dict[str, Any]:
    opens, closes = date.fromisoformat(data["opens_on"]), date.fromisoformat(data["closes_on"])
    return {
        **data,
        "opens_on": str(min(opens, today - ONE_DAY * DAYS_OPEN_BEFORE)),
        "closes_on": str(closes if closes > today else today + ONE_DAY * DAYS_OPEN_AFTER),
    }


def _find_or_add_member(email: str, name: str, role: Role) -> StaffMember:
    return find_member_by_email(email) or people.add_member(email=email, name=name, roles={role})


def _add_written_contribution(call: Call, writer: ExampleWriter) -> None:
    participant = participants.create_participant(name=writer.name, email=_build_example_email(writer.name))
    contribution = contributions.start_contribution(call, participant, Mode.WRITTEN)
    save_case_profile(contribution, writer.case_profile)
    for key, text in read_json(SAMPLES / "written" / writer.file)["answers"].items():
        record_answer(contribution, key, text, by=None)
    terms = consent.list_terms_to_ask(call, {Mode.WRITTEN})
    consent.record_decisions(participant, call, {term.use: True for term in terms}, noted_by=None)
    contributions.submit_contribution(contribution)


def _add_recorded_interview(call: Call, interviewer: StaffMember, recording: Path) -> None:
    at = _get_local_time(call, -INTERVIEWED_DAYS_AGO, SLOT_TIMES[0])
    with clock.freeze_at(at - ONE_DAY * OFFERED_DAYS_BEFORE):
        volunteer = _sign_up_volunteer(call, INTERVIEWED_VOLUNTEER)
        volunteers.accept(volunteer)
        (slot,) = slots.publish(call, interviewer, [at], kind=SlotKind.VIDEO, location=VIDEO_URL)
        booking = bookings.book(slot, volunteer)
    with clock.freeze_at(slot.ends_at):  # so that no reminders are sent and no outcome is missing
        outcomes.record_outcome(booking, BookingStatus.COMPLETED, by=interviewer.id)
    size = recording.stat().st_size
    with recording.open("rb") as sound:
        stored = recordings.get_storage().store(sound, f"recordings/{uuid4()}", announced_bytes=size, max_bytes=size)
    row = recordings.add_recording(volunteer.contribution_id, stored, by=interviewer.id, model=DEMONSTRATION_MODEL)
    processing_jobs.enqueue_next_step(row)


def _publish_slots(call: Call, interviewer: StaffMember) -> list[Slot]:
    days = [n for n in range(1, 15) if _get_local_time(call, n, SLOT_TIMES[0]).weekday() < 5]
    starts = [_get_local_time(call, n, at) for n in days for at in SLOT_TIMES[n % 2 :: 2]]
    return slots.publish(call, interviewer, starts, kind=SlotKind.VIDEO, location=VIDEO_URL)


def _add_upcoming_interview(call: Call) -> None:
    booked = _sign_up_volunteer(call, BOOKED_VOLUNTEER)
    volunteers.accept(booked)
    suitable_times.book_fairest(booked, suitable_times.list_open_times(booked)[1].slot)
    _sign_up_volunteer(call, PENDING_VOLUNTEER)


def _sign_up_volunteer(call: Call, person: ExampleVolunteer) -> Volunteer:
    offer = SignUpDetails(
        name=person.name,
        email=person.email,
        phone=person.phone,
        capacity=person.capacity,
        needs=Needs(access_needs=person.access_needs, language="English"),
        background=person.case_profile,
        decisions={term.use: True for term in call.consent_terms},
    )
    volunteers.sign_up(call, offer)
    participant = participants.list_participants_by_email(person.email)[-1]
    return next(row for row in volunteers.list_sign_ups(participant.id) if row.call_id == call.id)


def _get_local_time(call: Call, days: int, at: time) -> datetime:
    return datetime.combine(calls.get_local_date(call) + ONE_DAY * days, at, ZoneInfo(call.zone))


def _find_sample_recording(name: str) -> Path:
    paths = sorted(path for path in SAMPLES.glob(f"{name}.*") if path.suffix != ".json")
    if not paths:
        raise SampleMissingError(f"The recording {name} is missing from {SAMPLES}.")
    return paths[0]


def _build_example_email(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@home.example"
