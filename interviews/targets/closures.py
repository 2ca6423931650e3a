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
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from evidence.models import Call, Participant, Site
from evidence.participants import create_own_page_url
from interviews.group_sessions import waitlist
from interviews.models import (
    Booking,
    BookingStatus,
    Slot,
    Volunteer,
    VolunteerState,
    WaitlistEntry,
    WaitlistState,
)

CLOSURE_SUBJECT = "About your offer to be interviewed"
TEMPLATE_BY_TYPE = {Call: "interviews/targets/closed_call", Site: "interviews/targets/closed_site"}
IS_ON_WAITLIST = WaitlistEntry.state.in_([WaitlistState.WAITING, WaitlistState.OFFERED])
HAS_INTERVIEW = exists().where(
    Booking.volunteer_id == Volunteer.id, Booking.status.in_([BookingStatus.BOOKED, BookingStatus.COMPLETED])
)


@dataclass(frozen=True, slots=True)
class ClosurePreview:
    """What closing would mean, in numbers of people and times."""

    undecided: int  # people who wait for our answer
    accepted: int  # people who may book, and have not
    waiting: int  # people on the waiting list of a session
    booked: int  # interviews to come, which stay
    free_slots: int  # times to come that nobody has taken
    without_email: int  # of those who are to be told: somebody has to ring or write to them


@dataclass(frozen=True, slots=True)
class ClosureResult:
    """Who heard of a closing."""

    notified: int  # of people who are mailed
    references_without_email: list[str]  # the references of those whom no mail reaches


def is_closed(scope: Call | Site) -> bool:
    """By hand; a call may also be over because its last day is."""
    return scope.closed_at is not None


def preview_closure(scope: Call | Site) -> ClosurePreview:
    waiting = _list_waiting_volunteer_ids(scope)
    told = [volunteer for volunteer in _list_volunteers_to_notify(scope) if volunteer.id not in waiting]
    to_come = _select_slot_ids(scope).where(Slot.starts_at > clock.now())
    free = ~exists().where(Booking.slot_id == Slot.id, Booking.status != BookingStatus.CANCELLED)
    booked = select(Booking.id).where(Booking.slot_id.in_(to_come), Booking.status == BookingStatus.BOOKED)
    return ClosurePreview(
        undecided=sum(volunteer.state is VolunteerState.SIGNED_UP for volunteer in told),
        accepted=sum(volunteer.state is VolunteerState.ACCEPTED for volunteer in told),
        waiting=len(waiting),
        booked=_count_rows(booked),
        free_slots=_count_rows(to_come.where(free, Slot.withdrawn_at.is_(None))),
        without_email=sum(not _get_email(volunteer) for volunteer in told),
    )


def close_bookings(scope: Call | Site) -> ClosureResult:
    """Take no more bookings and tell those who hoped for one, each alone. Nobody is told when it was closed already.

    Volunteers are held: a booking that has begun is awaited, one that comes later finds the call closed.
    """
    told = _list_volunteers_to_notify(scope, is_locked=True)
    db.session.refresh(scope)
    if is_closed(scope):
        return ClosureResult(0, [])
    scope.closed_at = clock.now()
    db.session.flush()
    waiting = _list_waiting_volunteer_ids(scope)
    _close_waitlists(scope)
    others = [volunteer for volunteer in told if volunteer.id not in waiting]
    for volunteer in others:
        _notify_volunteer(volunteer, scope)
    unreached = [volunteer.participant.reference for volunteer in others if not _get_email(volunteer)]
    number = len(waiting) + len(others) - len(unreached)
    audit.record(f"{scope.__tablename__} closed", scope, told=number, without_email=len(unreached))
    return ClosureResult(number, unreached)


def reopen_bookings(scope: Call | Site) -> None:
    """Take bookings again. Whoever was told of the closing is not told of this."""
    scope.closed_at = None
    db.session.flush()
    audit.record(f"{scope.__tablename__} opened again", scope)


def _list_volunteers_to_notify(scope: Call | Site, *, is_locked: bool = False) -> list[Volunteer]:
    """Whose offer is open, without an interview held or to come."""
    owner = Volunteer.call_id if isinstance(scope, Call) else Volunteer.site_id
    where = owner == scope.id
    if is_locked:  # those of other sites too: they may be booking a time here
        call_id = scope.id if isinstance(scope, Call) else scope.call_id
        of_call = select(Volunteer.id).where(Volunteer.call_id == call_id)
        db.session.execute(of_call.order_by(Volunteer.id).with_for_update(key_share=True))  # as hold() does
    wanted = select(Volunteer).where(
        where, Volunteer.state.in_([VolunteerState.SIGNED_UP, VolunteerState.ACCEPTED]), ~HAS_INTERVIEW
    )
    person = joinedload(Volunteer.participant).joinedload(Participant.contact)
    found = wanted.order_by(Volunteer.created_at).options(
        person, joinedload(Volunteer.call), joinedload(Volunteer.site)
    )
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def _select_slot_ids(scope: Call | Site) -> Select[UUID]:
    return select(Slot.id).where(Slot.call_id == scope.id if isinstance(scope, Call) else Slot.site_id == scope.id)


def _list_waiting_volunteer_ids(scope: Call | Site) -> set[UUID]:
    """Volunteers on waiting lists that end, whom waiting_list.close_for tells."""
    wanted = select(WaitlistEntry.volunteer_id).join(WaitlistEntry.slot).join(WaitlistEntry.volunteer)
    wanted = wanted.where(IS_ON_WAITLIST, Volunteer.state == VolunteerState.ACCEPTED)
    if isinstance(scope, Call):
        return set(db.session.scalars(wanted.where(Slot.call_id == scope.id)))
    return set(db.session.scalars(wanted.where(or_(Slot.site_id == scope.id, Volunteer.site_id == scope.id))))


def _close_waitlists(scope: Call | Site) -> None:
    if isinstance(scope, Call):
        waitlist.close_waitlists(scope)
    else:
        waitlist.close_waitlists(db.session.get_one(Call, scope.call_id), scope)


def _count_rows(wanted: Select[UUID]) -> int:
    return db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def _notify_volunteer(volunteer: Volunteer, scope: Call | Site) -> None:
    if not (address := _get_email(volunteer)):
        return
    mail = render_mail(
        TEMPLATE_BY_TYPE[type(scope)],
        recipient=address,
        subject=CLOSURE_SUBJECT,
        call=volunteer.call,
        site=volunteer.site,
        address=create_own_page_url(volunteer.participant, volunteer.call),
    )
    queue_mail(mail, is_secret=True)


def _get_email(volunteer: Volunteer) -> str:
    contact = volunteer.participant.contact
    return contact.email if contact else ""
