"""Who gets a group email: queried every time, each address once. What it says: mass_mails.py."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import contains_eager, joinedload

from core import clock
from core.database import db
from core.exits import ExitUse
from core.models import MailState, OutboxMessage
from core.text_cleaning import normalise_email
from evidence.consent_conditions import allows
from evidence.models import Call, Participant, Site
from evidence.updates import build_unsubscribe_url, list_interested_addresses
from interviews.models import (
    Booking,
    BookingStatus,
    PersonalInvitation,
    Slot,
    Volunteer,
    VolunteerState,
    WaitlistEntry,
    WaitlistState,
)

SENT_STATES = (MailState.SENT, MailState.SAVED_AS_FILE)
INACTIVE_STATES = (VolunteerState.WITHDRAWN, VolunteerState.DECLINED)


class MailAudience(StrEnum):
    SIGNED_UP = "offered"
    UNBOOKED = "accepted, no interview booked"
    BOOKED = "interview booked"
    WAITING = "on a waiting list"
    INTERVIEWED = "interviewed"
    INVITED = "invited"
    INTERESTED = "interested in what comes next"


AUDIENCE_LABELS = {
    MailAudience.SIGNED_UP: "People who have offered to be interviewed and are waiting for our decision",
    MailAudience.UNBOOKED: "People we have accepted who have not booked a time",
    MailAudience.BOOKED: "People with an upcoming interview or group session",
    MailAudience.WAITING: "People on the waiting list for a group session",
    MailAudience.INTERVIEWED: "People who were interviewed and let us contact them again",
    MailAudience.INVITED: "People with a personal invitation who have not replied",
    MailAudience.INTERESTED: "People who asked to hear what happens next",
}
AUDIENCES_WITHOUT_SITE = frozenset({MailAudience.INTERESTED})


@dataclass(frozen=True, slots=True)
class Recipient:
    """`volunteer` is None if we only know the address."""

    email: str
    volunteer: Volunteer | None = None
    slot: Slot | None = None  # what they have booked, for the audience BOOKED
    unsubscribe_url: str | None = None  # for the audience INTERESTED


def list_recipients(call: Call, audience: MailAudience, site: Site | None = None) -> list[Recipient]:
    """Leaves out people who have no address, have withdrawn or may not be contacted again."""
    recipients: dict[str, Recipient] = {}
    for one in _FINDERS[audience](call, site):
        if one.email:
            recipients.setdefault(normalise_email(one.email), one)
    return list(recipients.values())


def _find_signed_up(call: Call, site: Site | None) -> Iterable[Recipient]:
    return _iterate_recipients(_select_volunteers(call, site).where(Volunteer.state == VolunteerState.SIGNED_UP))


def _find_unbooked(call: Call, site: Site | None) -> Iterable[Recipient]:
    has_booking = exists().where(Booking.volunteer_id == Volunteer.id, Booking.status != BookingStatus.CANCELLED)
    return _iterate_recipients(
        _select_volunteers(call, site).where(Volunteer.state == VolunteerState.ACCEPTED, ~has_booking)
    )


def _find_waiting(call: Call, site: Site | None) -> Iterable[Recipient]:
    is_waiting = exists().where(
        WaitlistEntry.volunteer_id == Volunteer.id,
        WaitlistEntry.state.in_([WaitlistState.WAITING, WaitlistState.OFFERED]),
    )
    return _iterate_recipients(_select_volunteers(call, site).where(is_waiting))


def _find_interviewed(call: Call, site: Site | None) -> Iterable[Recipient]:
    has_interview = exists().where(Booking.volunteer_id == Volunteer.id, Booking.status == BookingStatus.COMPLETED)
    allows_contact = Volunteer.contribution.has(allows(ExitUse.MASS_EMAIL))
    return _iterate_recipients(_select_volunteers(call, site).where(has_interview, allows_contact))


def _find_booked(call: Call, site: Site | None) -> Iterable[Recipient]:
    query = (
        select(Booking)
        .join(Booking.slot)
        .join(Booking.volunteer)
        .where(Booking.status == BookingStatus.BOOKED, Slot.starts_at > clock.now(), Slot.call_id == call.id)
        .where(Volunteer.state.not_in(INACTIVE_STATES))
        .order_by(Slot.starts_at, Booking.id)
        .options(contains_eager(Booking.slot).joinedload(Slot.call))
        .options(contains_eager(Booking.volunteer).joinedload(Volunteer.participant).joinedload(Participant.contact))
    )
    if site is not None:
        query = query.where(Volunteer.site_id == site.id)
    for booking in db.session.scalars(query):
        yield Recipient(_get_email(booking.volunteer), booking.volunteer, booking.slot)


def _find_invited(call: Call, site: Site | None) -> Iterable[Recipient]:
    query = select(PersonalInvitation.email).where(
        PersonalInvitation.call_id == call.id,
        PersonalInvitation.volunteer_id.is_(None),
        PersonalInvitation.withdrawn_at.is_(None),
        exists().where(OutboxMessage.id == PersonalInvitation.mail_id, OutboxMessage.state.in_(SENT_STATES)),
    )
    if site is not None:
        query = query.where(PersonalInvitation.site_id == site.id)
    return (Recipient(email) for email in db.session.scalars(query.order_by(PersonalInvitation.created_at)))


def _find_interested(call: Call, _site: Site | None) -> Iterable[Recipient]:
    return (
        Recipient(row.email, unsubscribe_url=build_unsubscribe_url(row.id)) for row in list_interested_addresses(call)
    )


_FINDERS: dict[MailAudience, Callable[[Call, Site | None], Iterable[Recipient]]] = {
    MailAudience.SIGNED_UP: _find_signed_up,
    MailAudience.UNBOOKED: _find_unbooked,
    MailAudience.BOOKED: _find_booked,
    MailAudience.WAITING: _find_waiting,
    MailAudience.INTERVIEWED: _find_interviewed,
    MailAudience.INVITED: _find_invited,
    MailAudience.INTERESTED: _find_interested,
}


def _select_volunteers(call: Call, site: Site | None) -> Select[Volunteer]:
    query = select(Volunteer).where(Volunteer.call_id == call.id, Volunteer.state.not_in(INACTIVE_STATES))
    if site is not None:
        query = query.where(Volunteer.site_id == site.id)
    person = joinedload(Volunteer.participant).joinedload(Participant.contact)
    return query.order_by(Volunteer.created_at, Volunteer.id).options(person, joinedload(Volunteer.call))


def _iterate_recipients(query: Select[Volunteer]) -> Iterable[Recipient]:
    return (Recipient(_get_email(volunteer), volunteer) for volunteer in db.session.scalars(query))


def _get_email(volunteer: Volunteer) -> str:
    contact = volunteer.participant.contact
    return contact.email if contact is not None else ""
