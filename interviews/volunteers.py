"""Offers to be interviewed: signing up, and what staff decide. Bookings stand in bookings.py; callers commit."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.outbox import queue_mail
from evidence import consent, contributions
from evidence.background import Background, note_background
from evidence.calls import require_open
from evidence.consent_terms import Use
from evidence.models import Call, Contact, Mode, Participant
from evidence.participants import MOST_LINKS, links_lately, new_participant, own_page_address, participants_with
from evidence.words import normal_address
from interviews import bookings
from interviews.address_marks import address_mark
from interviews.holding import hold
from interviews.models import Volunteer, VolunteerState
from interviews.notices.wordings import write
from interviews.offering.needs import Needs


class NotOfferedError(RuleError):
    """The call holds no interviews."""


class OfferWithdrawnError(RuleError):
    """The person no longer wishes to be interviewed."""


class StillBookedError(RuleError):
    """The volunteer has an interview, which has to be cancelled first."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody says who offers to be interviewed."""

    name: str
    email: str
    phone: str = ""
    capacity: str = ""
    capacity_key: str = ""  # of the call's targets
    needs: Needs = field(default_factory=Needs)
    background: Background = field(default_factory=Background)
    decisions: Mapping[Use, bool] = field(default_factory=dict)


def require_interviews(call: Call) -> None:
    """Raises NotOfferedError, or CallNotOpenError."""
    require_open(call)
    if Mode.INTERVIEW not in call.ways:
        raise NotOfferedError("This call holds no interviews.")


def sign_up(call: Call, offer: Offer) -> None:
    """Store an offer and mail the personal link. An address that has offered before only gets a fresh link.

    Nothing tells the caller which of the two happened: whoever typed the address need not be its owner.
    Raises NotOfferedError, or CallNotOpenError.
    """
    require_interviews(call)
    volunteer, is_new = found_or_enrolled(call, offer)
    if is_new:
        audit.record("volunteer signed up", volunteer)
    _mail_fresh_link(volunteer, "interviews/signed_up" if is_new else "interviews/signed_up_before")


def found_or_enrolled(call: Call, offer: Offer, *, noted_by: UUID | None = None) -> tuple[Volunteer, bool]:
    """Whoever offered and is reached at this address, or somebody new; and whether it is somebody new.

    `noted_by`: staff who were told the offer. Who has no address is always somebody new.
    """
    if known := volunteer_at(call, offer.email):  # an address that was changed since has another mark
        return known, False
    try:
        with db.session.begin_nested():
            return _enrol(call, offer, noted_by=noted_by), True
    except IntegrityError:
        if not _mark_let_go(call, offer.email) and volunteer_at(call, offer.email) is None:
            raise
    return found_or_enrolled(call, offer, noted_by=noted_by)


def accept(volunteer: Volunteer) -> None:
    """Let a volunteer book a time, and tell them. Accepting again changes nothing."""
    hold(volunteer)
    if volunteer.state is VolunteerState.ACCEPTED:
        return
    if volunteer.state is VolunteerState.WITHDRAWN:
        raise OfferWithdrawnError("This person has withdrawn the offer.")
    _decide(volunteer, VolunteerState.ACCEPTED)
    _mail_link(volunteer, "interviews/accepted", "Choose a time for your interview")


def welcome(volunteer: Volunteer) -> None:
    """Let somebody book whom staff have invited, whatever was decided before, and mail them their link."""
    hold(volunteer)
    if volunteer.state is not VolunteerState.ACCEPTED:
        _decide(volunteer, VolunteerState.ACCEPTED)
    _mail_link(volunteer, "interviews/accepted", "Choose a time for your interview")


def decline(volunteer: Volunteer) -> None:
    """Raises StillBookedError."""
    hold(volunteer)
    if volunteer.state in {VolunteerState.DECLINED, VolunteerState.WITHDRAWN}:
        return
    _require_no_booking(volunteer)
    _decide(volunteer, VolunteerState.DECLINED)
    _mail_link(volunteer, "interviews/declined", "Your offer to be interviewed")


def withdraw(volunteer: Volunteer) -> None:
    """The person no longer wishes to be interviewed. Raises StillBookedError."""
    hold(volunteer)
    _require_no_booking(volunteer)
    _decide(volunteer, VolunteerState.WITHDRAWN)


def offer_again(volunteer: Volunteer) -> None:
    """Take back a withdrawal; staff decide anew."""
    hold(volunteer)
    if volunteer.state is VolunteerState.WITHDRAWN:
        _decide(volunteer, VolunteerState.OFFERED)


def volunteers(state: VolunteerState | None = None, call_id: UUID | None = None) -> list[Volunteer]:
    """For staff, newest first."""
    wanted = select(Volunteer).order_by(Volunteer.created_at.desc(), Volunteer.id)
    if state is not None:
        wanted = wanted.where(Volunteer.state == state)
    if call_id is not None:
        wanted = wanted.where(Volunteer.call_id == call_id)
    person = joinedload(Volunteer.participant).joinedload(Participant.contact)
    return list(db.session.scalars(wanted.options(person, joinedload(Volunteer.call))))


def offers_of(participant_id: UUID) -> list[Volunteer]:
    """One person's offers, newest first."""
    wanted = select(Volunteer).where(Volunteer.participant_id == participant_id)
    return list(db.session.scalars(wanted.order_by(Volunteer.created_at.desc()).options(joinedload(Volunteer.call))))


def _enrol(call: Call, offer: Offer, *, noted_by: UUID | None) -> Volunteer:
    """A row for somebody who offers, without a mail. Raises IntegrityError when the mark of the address is taken."""
    participant = new_participant(name=offer.name, email=offer.email, phone=offer.phone)
    contribution = contributions.begin(call, participant, Mode.INTERVIEW)
    volunteer = Volunteer(
        participant_id=participant.id,
        call_id=call.id,
        address_mark=address_mark(offer.email) if offer.email else _mark_of_nobody(),
        contribution_id=contribution.id,
        capacity=offer.capacity,
        capacity_key=offer.capacity_key,
        created_at=clock.now(),
        **asdict(offer.needs),
    )
    db.session.add(volunteer)
    db.session.flush()
    note_background(contribution, offer.background)
    consent.record_decisions(participant, call, offer.decisions, noted_by=noted_by)
    return volunteer


def volunteer_at(call: Call, email: str) -> Volunteer | None:
    """Who offered to be interviewed for the call and is reached at an address now."""
    people = [participant.id for participant in participants_with(email)]
    wanted = select(Volunteer).where(Volunteer.call_id == call.id, Volunteer.participant_id.in_(people))
    return db.session.scalars(wanted).first()


def _mark_let_go(call: Call, email: str) -> bool:
    """Whether somebody kept the mark of an address at which they are reached no longer. Others may read it by now."""
    is_reached_there = exists().where(
        Contact.participant_id == Volunteer.participant_id, Contact.email == normal_address(email)
    )
    given_up = update(Volunteer).where(
        Volunteer.call_id == call.id, Volunteer.address_mark == address_mark(email), ~is_reached_there
    )
    return bool(db.session.execute(given_up.values(address_mark=_mark_of_nobody())).rowcount)  # type: ignore[attr-defined]  # an UPDATE has one


def _mark_of_nobody() -> str:
    return f"none {uuid4()}"


def _decide(volunteer: Volunteer, state: VolunteerState) -> None:
    volunteer.state, volunteer.decided_at = state, clock.now()
    db.session.flush()
    audit.record(f"volunteer {state.value}", volunteer)


def _require_no_booking(volunteer: Volunteer) -> None:
    if bookings.active_booking(volunteer) is not None:
        raise StillBookedError("There is a booked interview. Please cancel it first.")


def _mail_fresh_link(volunteer: Volunteer, template: str) -> None:
    """Unless several went to the address within minutes: a mailbox is not to be flooded by somebody who knows it."""
    contact = volunteer.participant.contact
    if contact is not None and links_lately(contact.email) < MOST_LINKS:
        _mail_link(volunteer, template, "Your offer to be interviewed")


def _mail_link(volunteer: Volunteer, template: str, subject: str) -> None:
    contact = volunteer.participant.contact
    if contact is None or not contact.email:
        return
    mail = write(
        template.removeprefix("interviews/"),
        volunteer.call,
        recipient=contact.email,
        subject=subject,
        reference=volunteer.participant.reference,
        address=own_page_address(volunteer.participant, volunteer.call),
    )
    queue_mail(mail, is_secret=True)
