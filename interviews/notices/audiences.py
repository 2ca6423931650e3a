"""Whom a mail to many goes to: found anew each time, each address once. What it says: mass_mails.py."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from core import clock
from core.database import db
from core.models import MailState, OutboxMessage
from evidence.calls import interested_addresses
from evidence.consent_terms import Use
from evidence.models import Call, ConsentDecision, Participant, Site
from evidence.words import normal_address
from interviews.models import (
    Booking,
    BookingStatus,
    PersonalInvitation,
    Slot,
    Volunteer,
    VolunteerState,
    WaitingPlace,
    WaitingState,
)

HAS_LEFT = (MailState.SENT, MailState.KEPT)
GONE = (VolunteerState.WITHDRAWN, VolunteerState.DECLINED)


class Group(StrEnum):
    OFFERED = "offered"
    UNBOOKED = "accepted, no interview booked"
    BOOKED = "interview booked"
    WAITING = "on a waiting list"
    HAPPENED = "interviewed"
    INVITED = "invited"
    INTERESTED = "interested in what comes next"


GROUP_WORDS = {
    Group.OFFERED: "People who have offered an interview and wait for our answer",
    Group.UNBOOKED: "People whom we have accepted and who have not booked a time",
    Group.BOOKED: "People whose interview or group session is to come",
    Group.WAITING: "People on the waiting list of a group session",
    Group.HAPPENED: "People who were interviewed and allow us to contact them again",
    Group.INVITED: "People invited by name who have not answered",
    Group.INTERESTED: "Addresses that want to hear what comes next",
}
OF_NO_SITE = frozenset({Group.INTERESTED})


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person. `volunteer` is None where we know an address and nothing else."""

    email: str
    volunteer: Volunteer | None = None
    slot: Slot | None = None  # what they have booked, where that is why they are written to


def recipients(call: Call, group: Group, site: Site | None = None) -> list[Recipient]:
    """Everybody of a group who has an address; whoever withdrew, or may not be contacted again, is not in it."""
    found: dict[str, Recipient] = {}
    for one in _FINDERS[group](call, site):
        if one.email:
            found.setdefault(normal_address(one.email), one)
    return list(found.values())


def _offered(call: Call, site: Site | None) -> Iterable[Recipient]:
    return _people(_of(call, site).where(Volunteer.state == VolunteerState.OFFERED))


def _unbooked(call: Call, site: Site | None) -> Iterable[Recipient]:
    has_one = exists().where(Booking.volunteer_id == Volunteer.id, Booking.status != BookingStatus.CANCELLED)
    return _people(_of(call, site).where(Volunteer.state == VolunteerState.ACCEPTED, ~has_one))


def _waiting(call: Call, site: Site | None) -> Iterable[Recipient]:
    waits = exists().where(
        WaitingPlace.volunteer_id == Volunteer.id,
        WaitingPlace.state.in_([WaitingState.WAITING, WaitingState.OFFERED]),
    )
    return _people(_of(call, site).where(waits))


def _happened(call: Call, site: Site | None) -> Iterable[Recipient]:
    came = exists().where(Booking.volunteer_id == Volunteer.id, Booking.status == BookingStatus.HAPPENED)
    later = aliased(ConsentDecision)
    is_overruled = exists().where(
        later.participant_id == ConsentDecision.participant_id,
        later.call_id == ConsentDecision.call_id,
        later.use == ConsentDecision.use,
        later.number > ConsentDecision.number,
    )
    allows = exists().where(
        ConsentDecision.participant_id == Volunteer.participant_id,
        ConsentDecision.call_id == Volunteer.call_id,
        ConsentDecision.use == Use.RECONTACT,
        ConsentDecision.is_allowed,
        ~is_overruled,
    )
    return _people(_of(call, site).where(came, allows))


def _booked(call: Call, site: Site | None) -> Iterable[Recipient]:
    """With the first of what they have booked."""
    wanted = (
        select(Booking)
        .join(Booking.slot)
        .join(Booking.volunteer)
        .where(Booking.status == BookingStatus.BOOKED, Slot.starts_at > clock.now(), Slot.call_id == call.id)
        .where(Volunteer.state.not_in(GONE))
        .order_by(Slot.starts_at, Booking.id)
        .options(contains_eager(Booking.slot).joinedload(Slot.call))
        .options(contains_eager(Booking.volunteer).joinedload(Volunteer.participant).joinedload(Participant.contact))
    )
    if site is not None:
        wanted = wanted.where(Volunteer.site_id == site.id)
    for booking in db.session.scalars(wanted):
        yield Recipient(_address(booking.volunteer), booking.volunteer, booking.slot)


def _invited(call: Call, site: Site | None) -> Iterable[Recipient]:
    wanted = select(PersonalInvitation.email).where(
        PersonalInvitation.call_id == call.id,
        PersonalInvitation.volunteer_id.is_(None),
        PersonalInvitation.withdrawn_at.is_(None),
        exists().where(OutboxMessage.id == PersonalInvitation.mail_id, OutboxMessage.state.in_(HAS_LEFT)),
    )
    if site is not None:
        wanted = wanted.where(PersonalInvitation.site_id == site.id)
    return (Recipient(email) for email in db.session.scalars(wanted.order_by(PersonalInvitation.created_at)))


def _interested(call: Call, _site: Site | None) -> Iterable[Recipient]:
    return (Recipient(email) for email in interested_addresses(call))


_FINDERS: dict[Group, Callable[[Call, Site | None], Iterable[Recipient]]] = {
    Group.OFFERED: _offered,
    Group.UNBOOKED: _unbooked,
    Group.BOOKED: _booked,
    Group.WAITING: _waiting,
    Group.HAPPENED: _happened,
    Group.INVITED: _invited,
    Group.INTERESTED: _interested,
}


def _of(call: Call, site: Site | None) -> Select[Volunteer]:
    wanted = select(Volunteer).where(Volunteer.call_id == call.id, Volunteer.state.not_in(GONE))
    if site is not None:
        wanted = wanted.where(Volunteer.site_id == site.id)
    person = joinedload(Volunteer.participant).joinedload(Participant.contact)
    return wanted.order_by(Volunteer.created_at, Volunteer.id).options(person, joinedload(Volunteer.call))


def _people(wanted: Select[Volunteer]) -> Iterable[Recipient]:
    return (Recipient(_address(volunteer), volunteer) for volunteer in db.session.scalars(wanted))


def _address(volunteer: Volunteer) -> str:
    contact = volunteer.participant.contact
    return contact.email if contact is not None else ""
