"""Publish and withdraw slots for one-to-one interviews. Booking: bookings.py. Callers commit."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from accounts import audit
from accounts.models import StaffMember
from core import clock
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from evidence.models import Call
from interviews.models import OCCUPYING_STATUSES, Booking, Slot, SlotKind, Volunteer
from interviews.wordings.slot_descriptions import format_slot_time

MAX_SLOTS_PER_PUBLICATION = 200
HAS_ACTIVE_BOOKING = exists().where(Booking.slot_id == Slot.id, Booking.status.in_(OCCUPYING_STATUSES))


class SlotTimeUnavailableError(RuleError): ...


class LocationMissingError(RuleError): ...


class SlotBookedError(RuleError): ...


@dataclass(frozen=True, slots=True)
class MeetingDetails:
    kind: SlotKind
    location: str = ""
    site_id: UUID | None = None
    room: str = ""
    is_step_free: bool = False
    takes_companion: bool = True


def publish(
    call: Call,
    interviewer: StaffMember,
    starts: Sequence[datetime],
    *,
    kind: SlotKind,
    location: str,
    site_id: UUID | None = None,
    room: str = "",
    is_step_free: bool = False,
    takes_companion: bool = True,
) -> list[Slot]:
    """All or none. Raises SlotTimeUnavailableError, LocationMissingError."""
    require_location(kind, location)
    if len(starts) > MAX_SLOTS_PER_PUBLICATION:
        raise SlotTimeUnavailableError(
            f"You can publish at most {MAX_SLOTS_PER_PUBLICATION} times at once, and you entered {len(starts)}."
        )
    lock_row(interviewer)  # two forms sent at once must see each other's times
    meeting = MeetingDetails(kind, location.strip(), site_id, room.strip(), is_step_free, takes_companion)
    return [_publish_slot(call, interviewer, at, meeting) for at in sorted(set(starts))]


def require_location(kind: SlotKind, location: str) -> None:
    if kind is not SlotKind.TELEPHONE and not location.strip():
        raise LocationMissingError("Enter the video link or the address.")


def withdraw(slot: Slot) -> None:
    lock_row(slot)
    if slot.is_group:
        raise SlotBookedError("This is a group session. Cancel it on its own page, so that everyone is notified.")
    if db.session.scalar(select(HAS_ACTIVE_BOOKING).where(Slot.id == slot.id)):
        raise SlotBookedError("Someone has booked this time. Move or cancel the interview first.")
    if slot.withdrawn_at is None:
        slot.withdrawn_at = clock.now()
        audit.record("slot withdrawn", slot)


def list_open_slots(call: Call, starts_at: datetime | None = None) -> list[Slot]:
    """Whether or not the interviewers' limits allow a booking."""
    query = select(Slot).where(
        Slot.call_id == call.id,
        Slot.withdrawn_at.is_(None),
        Slot.is_group.is_(False),
        Slot.starts_at > clock.now(),
        ~HAS_ACTIVE_BOOKING,
    )
    if starts_at is not None:
        query = query.where(Slot.starts_at == starts_at)
    query = query.where(Slot.interviewer.has(StaffMember.is_active))
    # The call is loaded already; joining it would load all its questions with every row.
    return list(db.session.scalars(query.order_by(Slot.starts_at, Slot.id).options(selectinload(Slot.interviewer))))


def find_slot(slot_id: UUID, call: Call) -> Slot | None:
    return db.session.scalars(select(Slot).where(Slot.id == slot_id, Slot.call_id == call.id)).first()


def list_slots_with_bookings(interviewer_id: UUID, until: datetime | None = None) -> list[tuple[Slot, Booking | None]]:
    query = (
        select(Slot, Booking)
        .outerjoin(Booking, (Booking.slot_id == Slot.id) & Booking.status.in_(OCCUPYING_STATUSES))
        .where(*_build_offered_conditions(interviewer_id))
    )
    if until is not None:
        query = query.where(Slot.starts_at < until)
    people = joinedload(Booking.volunteer).joinedload(Volunteer.participant)
    rows = db.session.execute(query.order_by(Slot.starts_at).options(joinedload(Slot.call), people)).all()
    return [(slot, booking) for slot, booking in rows]


def count_slots_after(interviewer_id: UUID, moment: datetime) -> int:
    query = select(func.count(Slot.id)).where(*_build_offered_conditions(interviewer_id), Slot.starts_at >= moment)
    return db.session.scalar(query) or 0


def _build_offered_conditions(interviewer_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        Slot.interviewer_id == interviewer_id,
        Slot.withdrawn_at.is_(None),
        Slot.is_group.is_(False),
        Slot.ends_at > clock.now(),
    )


def _publish_slot(call: Call, interviewer: StaffMember, starts_at: datetime, meeting: MeetingDetails) -> Slot:
    slot = Slot(
        call_id=call.id,
        interviewer_id=interviewer.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=call.interview_minutes),
        created_at=clock.now(),
        **asdict(meeting),
    )
    slot_text = clock.format_day_and_time(starts_at, call.zone)
    if starts_at <= clock.now():
        raise SlotTimeUnavailableError(f"{slot_text} is in the past. Choose a later time.")
    if other := _find_overlapping_slot(slot):
        raise SlotTimeUnavailableError(
            f"{slot_text} overlaps a time that you have already published: {format_slot_time(other)}."
        )
    try:
        with db.session.begin_nested():
            db.session.add(slot)
    except IntegrityError as error:
        raise SlotTimeUnavailableError(f"You have already published {slot_text}.") from error
    audit.record("slot published", slot)
    return slot


def _find_overlapping_slot(slot: Slot) -> Slot | None:
    query = select(Slot).where(
        Slot.interviewer_id == slot.interviewer_id,
        Slot.withdrawn_at.is_(None),
        Slot.starts_at < slot.ends_at,
        Slot.ends_at > slot.starts_at,
    )
    return db.session.scalars(query.limit(1)).first()
