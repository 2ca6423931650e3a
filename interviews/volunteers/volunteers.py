"""Offers to be interviewed: signing up, and what staff decide. Callers commit."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from accounts import audit
from core import clock, public_mail
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from core.outbox import queue_mail
from core.text_cleaning import normalise_email
from evidence import consent, contributions
from evidence.calls import require_open
from evidence.case_profile import CaseProfile, save_case_profile
from evidence.consent_terms import ConsentUse
from evidence.models import Call, Contact, Mode
from evidence.participants import (
    create_own_page_url,
    create_participant,
    list_participants_by_email,
)
from interviews.bookings import bookings
from interviews.models import Volunteer, VolunteerState
from interviews.volunteers.address_hashes import hash_address
from interviews.volunteers.needs import Needs
from interviews.wordings.wordings import compose_worded_mail


class InterviewsNotOfferedError(RuleError): ...


class SignUpWithdrawnError(RuleError): ...


class InterviewStillBookedError(RuleError): ...


@dataclass(frozen=True, slots=True)
class SignUpDetails:
    name: str
    email: str
    phone: str = ""
    capacity: str = ""
    capacity_key: str = ""  # of the call's targets
    needs: Needs = field(default_factory=Needs)
    background: CaseProfile = field(default_factory=CaseProfile)
    decisions: Mapping[ConsentUse, bool] = field(default_factory=dict)


def require_interviews_open(call: Call) -> None:
    require_open(call)
    if Mode.INTERVIEW not in call.participation_modes:
        raise InterviewsNotOfferedError("This call for evidence does not have interviews.")


def sign_up(call: Call, details: SignUpDetails) -> None:
    """An address with an earlier offer only gets a new link. The caller cannot see which happened:
    the person who typed the address may not own it.
    """
    require_interviews_open(call)
    volunteer, is_new = get_or_create_volunteer(call, details)
    if is_new:
        audit.record("volunteer signed up", volunteer)
    _send_link_within_limits(
        volunteer, "interviews/volunteers/signed_up" if is_new else "interviews/volunteers/signed_up_before"
    )


def get_or_create_volunteer(
    call: Call, details: SignUpDetails, *, noted_by: UUID | None = None
) -> tuple[Volunteer, bool]:
    """Also returns whether the volunteer is new. Without an address it is always new."""
    if known := find_volunteer_by_email(call, details.email):  # an address that was changed since has another hash
        return known, False
    try:
        with db.session.begin_nested():
            return _create_volunteer(call, details, noted_by=noted_by), True
    except IntegrityError:
        if not _release_address_hash(call, details.email) and find_volunteer_by_email(call, details.email) is None:
            raise
    return get_or_create_volunteer(call, details, noted_by=noted_by)


def accept(volunteer: Volunteer) -> None:
    lock_row(volunteer)
    if volunteer.state is VolunteerState.ACCEPTED:
        return
    if volunteer.state is VolunteerState.WITHDRAWN:
        raise SignUpWithdrawnError("This person has withdrawn their offer.")
    record_decision(volunteer, VolunteerState.ACCEPTED)
    _send_link(volunteer, "interviews/volunteers/accepted", "Choose a time for your interview")


def accept_invited_person(volunteer: Volunteer) -> None:
    lock_row(volunteer)
    if volunteer.state is not VolunteerState.ACCEPTED:
        record_decision(volunteer, VolunteerState.ACCEPTED)
    _send_link(volunteer, "interviews/volunteers/accepted", "Choose a time for your interview")


def decline(volunteer: Volunteer) -> None:
    lock_row(volunteer)
    if volunteer.state in {VolunteerState.DECLINED, VolunteerState.WITHDRAWN}:
        return
    _require_no_booking(volunteer)
    record_decision(volunteer, VolunteerState.DECLINED)
    _send_link(volunteer, "interviews/volunteers/declined", "Our decision about your interview")


def withdraw(volunteer: Volunteer) -> None:
    lock_row(volunteer)
    _require_no_booking(volunteer)
    record_decision(volunteer, VolunteerState.WITHDRAWN)


def renew_sign_up(volunteer: Volunteer) -> None:
    lock_row(volunteer)
    if volunteer.state is VolunteerState.WITHDRAWN:
        record_decision(volunteer, VolunteerState.SIGNED_UP)


def list_sign_ups(participant_id: UUID) -> list[Volunteer]:
    query = select(Volunteer).where(Volunteer.participant_id == participant_id)
    return list(db.session.scalars(query.order_by(Volunteer.created_at.desc()).options(joinedload(Volunteer.call))))


def _create_volunteer(call: Call, details: SignUpDetails, *, noted_by: UUID | None) -> Volunteer:
    """Raises IntegrityError when there is an offer from this address."""
    participant = create_participant(name=details.name, email=details.email, phone=details.phone)
    contribution = contributions.start_contribution(call, participant, Mode.INTERVIEW)
    volunteer = Volunteer(
        participant_id=participant.id,
        call_id=call.id,
        address_hash=hash_address(details.email) if details.email else _create_placeholder_hash(),
        contribution_id=contribution.id,
        capacity=details.capacity,
        capacity_key=details.capacity_key,
        created_at=clock.now(),
        **asdict(details.needs),
    )
    db.session.add(volunteer)
    db.session.flush()
    save_case_profile(contribution, details.background)
    consent.record_decisions(participant, call, details.decisions, noted_by=noted_by)
    return volunteer


def find_volunteer_by_email(call: Call, email: str) -> Volunteer | None:
    people = [participant.id for participant in list_participants_by_email(email)]
    query = select(Volunteer).where(Volunteer.call_id == call.id, Volunteer.participant_id.in_(people))
    return db.session.scalars(query).first()


def _release_address_hash(call: Call, email: str) -> bool:
    """Free the address for a new offer, if its old owner no longer uses it. True if it was freed."""
    is_current_address = exists().where(
        Contact.participant_id == Volunteer.participant_id, Contact.email == normalise_email(email)
    )
    outdated = update(Volunteer).where(
        Volunteer.call_id == call.id, Volunteer.address_hash == hash_address(email), ~is_current_address
    )
    return bool(db.session.execute(outdated.values(address_hash=_create_placeholder_hash())).rowcount)  # type: ignore[attr-defined]  # an UPDATE has one


def _create_placeholder_hash() -> str:
    return f"none {uuid4()}"


def record_decision(volunteer: Volunteer, state: VolunteerState) -> None:
    volunteer.state, volunteer.decided_at = state, clock.now()
    db.session.flush()
    audit.record(f"volunteer {state.value}", volunteer)


def _require_no_booking(volunteer: Volunteer) -> None:
    if bookings.find_active_booking(volunteer) is not None:
        raise InterviewStillBookedError("There is a booked interview. Cancel it first.")


def _send_link_within_limits(volunteer: Volunteer, template: str) -> None:
    contact = volunteer.participant.contact
    if contact is not None and public_mail.count_mail_to(contact.email):
        _send_link(volunteer, template, "We have received your offer to be interviewed")


def _send_link(volunteer: Volunteer, template: str, subject: str) -> None:
    contact = volunteer.participant.contact
    if contact is None or not contact.email:
        return
    mail = compose_worded_mail(
        template,
        volunteer.call,
        recipient=contact.email,
        subject=subject,
        reference=volunteer.participant.reference,
        address=create_own_page_url(volunteer.participant, volunteer.call),
    )
    queue_mail(mail, is_secret=True)
