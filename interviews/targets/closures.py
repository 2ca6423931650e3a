"""Close bookings for a call or one of its sites, and open them again. Booked interviews stay. Callers commit.

Free slots stay, but nobody is offered them, so that they are back after reopening.
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
from evidence.calls import describe_sender
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

CLOSURE_SUBJECT = "Bookings for interviews are closed"
TEMPLATE_BY_TYPE = {Call: "interviews/targets/closed_call", Site: "interviews/targets/closed_site"}
IS_ON_WAITLIST = WaitlistEntry.state.in_([WaitlistState.WAITING, WaitlistState.OFFERED])
HAS_INTERVIEW = exists().where(
    Booking.volunteer_id == Volunteer.id, Booking.status.in_([BookingStatus.BOOKED, BookingStatus.COMPLETED])
)


@dataclass(frozen=True, slots=True)
class ClosurePreview:
    undecided: int  # people waiting for our decision
    accepted: int  # people who may book and have not
    waiting: int  # people on waiting lists
    booked: int  # upcoming interviews, which stay
    free_slots: int  # upcoming, not booked
    without_email: int  # of those to notify: somebody has to phone or write to them


@dataclass(frozen=True, slots=True)
class ClosureResult:
    notified: int  # people we emailed
    references_without_email: list[str]  # of people we could not email


def is_closed(scope: Call | Site) -> bool:
    """Closed by a coordinator. A call may also have ended on its last day."""
    return scope.closed_at is not None


def preview_closure(scope: Call | Site) -> ClosurePreview:
    waiting = _list_waiting_volunteer_ids(scope)
    affected = [volunteer for volunteer in _list_volunteers_to_notify(scope) if volunteer.id not in waiting]
    upcoming = _select_slot_ids(scope).where(Slot.starts_at > clock.now())
    is_free = ~exists().where(Booking.slot_id == Slot.id, Booking.status != BookingStatus.CANCELLED)
    booked = select(Booking.id).where(Booking.slot_id.in_(upcoming), Booking.status == BookingStatus.BOOKED)
    return ClosurePreview(
        undecided=sum(volunteer.state is VolunteerState.SIGNED_UP for volunteer in affected),
        accepted=sum(volunteer.state is VolunteerState.ACCEPTED for volunteer in affected),
        waiting=len(waiting),
        booked=_count_rows(booked),
        free_slots=_count_rows(upcoming.where(is_free, Slot.withdrawn_at.is_(None))),
        without_email=sum(not _get_email(volunteer) for volunteer in affected),
    )


def close_bookings(scope: Call | Site) -> ClosureResult:
    """Idempotent. Locks the volunteers: a booking in progress finishes first, a later one finds bookings closed."""
    affected = _list_volunteers_to_notify(scope, is_locked=True)
    db.session.refresh(scope)
    if is_closed(scope):
        return ClosureResult(0, [])
    scope.closed_at = clock.now()
    db.session.flush()
    waiting = _list_waiting_volunteer_ids(scope)
    _close_waitlists(scope)
    others = [volunteer for volunteer in affected if volunteer.id not in waiting]
    for volunteer in others:
        _notify_volunteer(volunteer, scope)
    without_email = [volunteer.participant.reference for volunteer in others if not _get_email(volunteer)]
    notified = len(waiting) + len(others) - len(without_email)
    audit.record(f"{scope.__tablename__} closed", scope, notified=notified, without_email=len(without_email))
    return ClosureResult(notified, without_email)


def reopen_bookings(scope: Call | Site) -> None:
    scope.closed_at = None
    db.session.flush()
    audit.record(f"{scope.__tablename__} opened again", scope)


def _list_volunteers_to_notify(scope: Call | Site, *, is_locked: bool = False) -> list[Volunteer]:
    owner = Volunteer.call_id if isinstance(scope, Call) else Volunteer.site_id
    where = owner == scope.id
    if is_locked:  # those of other sites too: they may be booking a slot here
        call_id = scope.id if isinstance(scope, Call) else scope.call_id
        of_call = select(Volunteer.id).where(Volunteer.call_id == call_id)
        db.session.execute(of_call.order_by(Volunteer.id).with_for_update(key_share=True))  # as lock_row() does
    query = select(Volunteer).where(
        where, Volunteer.state.in_([VolunteerState.SIGNED_UP, VolunteerState.ACCEPTED]), ~HAS_INTERVIEW
    )
    person = joinedload(Volunteer.participant).joinedload(Participant.contact)
    query = query.order_by(Volunteer.created_at).options(person, joinedload(Volunteer.call), joinedload(Volunteer.site))
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _select_slot_ids(scope: Call | Site) -> Select[UUID]:
    return select(Slot.id).where(Slot.call_id == scope.id if isinstance(scope, Call) else Slot.site_id == scope.id)


def _list_waiting_volunteer_ids(scope: Call | Site) -> set[UUID]:
    query = select(WaitlistEntry.volunteer_id).join(WaitlistEntry.slot).join(WaitlistEntry.volunteer)
    query = query.where(IS_ON_WAITLIST, Volunteer.state == VolunteerState.ACCEPTED)
    if isinstance(scope, Call):
        return set(db.session.scalars(query.where(Slot.call_id == scope.id)))
    return set(db.session.scalars(query.where(or_(Slot.site_id == scope.id, Volunteer.site_id == scope.id))))


def _close_waitlists(scope: Call | Site) -> None:
    if isinstance(scope, Call):
        waitlist.close_waitlists(scope)
    else:
        waitlist.close_waitlists(db.session.get_one(Call, scope.call_id), scope)


def _count_rows(query: Select[UUID]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _notify_volunteer(volunteer: Volunteer, scope: Call | Site) -> None:
    if not (address := _get_email(volunteer)):
        return
    mail = render_mail(
        TEMPLATE_BY_TYPE[type(scope)],
        recipient=address,
        subject=CLOSURE_SUBJECT,
        sender=describe_sender(volunteer.call),
        call=volunteer.call,
        site=volunteer.site,
        address=create_own_page_url(volunteer.participant, volunteer.call),
    )
    queue_mail(mail, is_secret=True)


def _get_email(volunteer: Volunteer) -> str:
    contact = volunteer.participant.contact
    return contact.email if contact else ""
