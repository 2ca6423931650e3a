"""Close a call or one of its sites to new bookings, and open it again. What is booked stays; callers commit.

Free times stay as they are and are offered to nobody meanwhile (bookings.py), so that opening again brings them back.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from accounts import audit
from core import clock
from core.database import db
from core.mail_pages import compose
from core.outbox import queue_mail
from evidence.models import Call, Participant, Site
from evidence.participants import own_page_address
from interviews.groups import waiting_list
from interviews.models import Booking, BookingStatus, Slot, Volunteer, VolunteerState, WaitingPlace, WaitingState

SUBJECT = "About your offer to be interviewed"
TEMPLATES = {Call: "interviews/closed_call", Site: "interviews/closed_site"}
STILL_WAITS = WaitingPlace.state.in_([WaitingState.WAITING, WaitingState.OFFERED])
HAS_INTERVIEW = exists().where(
    Booking.volunteer_id == Volunteer.id, Booking.status.in_([BookingStatus.BOOKED, BookingStatus.HAPPENED])
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What closing would mean, in numbers of people and times."""

    offered: int  # people who wait for our answer
    accepted: int  # people who may book, and have not
    waiting: int  # people on the waiting list of a session
    booked: int  # interviews to come, which stay
    free: int  # times to come that nobody has taken
    without_email: int  # of those who are to be told: somebody has to ring or write to them


@dataclass(frozen=True, slots=True)
class Told:
    """Who heard of a closing."""

    number: int  # of people who are mailed
    without_email: list[str]  # the references of those whom no mail reaches


def is_closed(closed: Call | Site) -> bool:
    """By hand; a call may also be over because its last day is."""
    return closed.closed_at is not None


def outlook(closing: Call | Site) -> Outlook:
    waiting = _waiting(closing)
    told = [volunteer for volunteer in _to_be_told(closing) if volunteer.id not in waiting]
    to_come = _slots(closing).where(Slot.starts_at > clock.now())
    free = ~exists().where(Booking.slot_id == Slot.id, Booking.status != BookingStatus.CANCELLED)
    booked = select(Booking.id).where(Booking.slot_id.in_(to_come), Booking.status == BookingStatus.BOOKED)
    return Outlook(
        offered=sum(volunteer.state is VolunteerState.OFFERED for volunteer in told),
        accepted=sum(volunteer.state is VolunteerState.ACCEPTED for volunteer in told),
        waiting=len(waiting),
        booked=_count(booked),
        free=_count(to_come.where(free, Slot.withdrawn_at.is_(None))),
        without_email=sum(not _address(volunteer) for volunteer in told),
    )


def close(closing: Call | Site) -> Told:
    """Take no more bookings and tell those who hoped for one, each alone. Nobody is told when it was closed already.

    Volunteers are held: a booking that has begun is awaited, one that comes later finds the call closed.
    """
    told = _to_be_told(closing, is_held=True)
    db.session.refresh(closing)
    if is_closed(closing):
        return Told(0, [])
    closing.closed_at = clock.now()
    db.session.flush()
    waiting = _waiting(closing)
    _end_waiting_lists(closing)
    others = [volunteer for volunteer in told if volunteer.id not in waiting]
    for volunteer in others:
        _tell(volunteer, closing)
    unreached = [volunteer.participant.reference for volunteer in others if not _address(volunteer)]
    number = len(waiting) + len(others) - len(unreached)
    audit.record(f"{closing.__tablename__} closed", closing, told=number, without_email=len(unreached))
    return Told(number, unreached)


def reopen(closed: Call | Site) -> None:
    """Take bookings again. Whoever was told of the closing is not told of this."""
    closed.closed_at = None
    db.session.flush()
    audit.record(f"{closed.__tablename__} opened again", closed)


def _to_be_told(closing: Call | Site, *, is_held: bool = False) -> list[Volunteer]:
    """Whose offer is open, without an interview held or to come."""
    owner = Volunteer.call_id if isinstance(closing, Call) else Volunteer.site_id
    where = owner == closing.id
    if is_held:  # those of other sites too: they may be booking a time here
        call_id = closing.id if isinstance(closing, Call) else closing.call_id
        of_call = select(Volunteer.id).where(Volunteer.call_id == call_id)
        db.session.execute(of_call.order_by(Volunteer.id).with_for_update(key_share=True))  # as hold() does
    wanted = select(Volunteer).where(
        where, Volunteer.state.in_([VolunteerState.OFFERED, VolunteerState.ACCEPTED]), ~HAS_INTERVIEW
    )
    person = joinedload(Volunteer.participant).joinedload(Participant.contact)
    found = wanted.order_by(Volunteer.created_at).options(
        person, joinedload(Volunteer.call), joinedload(Volunteer.site)
    )
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def _slots(closing: Call | Site) -> Select[UUID]:
    return select(Slot.id).where(
        Slot.call_id == closing.id if isinstance(closing, Call) else Slot.site_id == closing.id
    )


def _waiting(closing: Call | Site) -> set[UUID]:
    """Volunteers on waiting lists that end, whom waiting_list.close_for tells."""
    wanted = select(WaitingPlace.volunteer_id).join(WaitingPlace.slot).join(WaitingPlace.volunteer)
    wanted = wanted.where(STILL_WAITS, Volunteer.state == VolunteerState.ACCEPTED)
    if isinstance(closing, Call):
        return set(db.session.scalars(wanted.where(Slot.call_id == closing.id)))
    return set(db.session.scalars(wanted.where(or_(Slot.site_id == closing.id, Volunteer.site_id == closing.id))))


def _end_waiting_lists(closing: Call | Site) -> None:
    if isinstance(closing, Call):
        waiting_list.close_for(closing)
    else:
        waiting_list.close_for(db.session.get_one(Call, closing.call_id), closing)


def _count(wanted: Select[UUID]) -> int:
    return db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def _tell(volunteer: Volunteer, closing: Call | Site) -> None:
    if not (address := _address(volunteer)):
        return
    mail = compose(
        TEMPLATES[type(closing)],
        recipient=address,
        subject=SUBJECT,
        call=volunteer.call,
        site=volunteer.site,
        address=own_page_address(volunteer.participant, volunteer.call),
    )
    queue_mail(mail, is_secret=True)


def _address(volunteer: Volunteer) -> str:
    contact = volunteer.participant.contact
    return contact.email if contact else ""
