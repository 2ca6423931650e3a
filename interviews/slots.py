"""Offer times for interviews and withdraw them. Who takes one is in bookings.py; callers commit."""

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
from evidence.models import Call
from interviews.holding import hold
from interviews.models import HOLDING, Booking, BookingStatus, Slot, SlotKind, Volunteer
from interviews.wording import when

MOST_AT_ONCE = 200
IS_BOOKED = exists().where(Booking.slot_id == Slot.id, Booking.status.in_(HOLDING))


class SlotTimeError(RuleError):
    """The time is past, or the interviewer offers another that overlaps."""


class PlaceNeededError(RuleError):
    """A video or personal interview needs a place."""


class SlotBookedError(RuleError):
    """Somebody has booked the time, so that it cannot vanish."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """How and where people meet; fields as in the row."""

    kind: SlotKind
    place: str = ""
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
    place: str,
    site_id: UUID | None = None,
    room: str = "",
    is_step_free: bool = False,
    takes_companion: bool = True,
) -> list[Slot]:
    """Offer times, all or none. Raises SlotTimeError, PlaceNeededError."""
    require_place(kind, place)
    if len(starts) > MOST_AT_ONCE:
        raise SlotTimeError(f"That would be {len(starts)} times. Please publish at most {MOST_AT_ONCE} at once.")
    hold(interviewer)  # two forms sent at once must see each other's times
    meeting = Meeting(kind, place.strip(), site_id, room.strip(), is_step_free, takes_companion)
    return [_publish_one(call, interviewer, at, meeting) for at in sorted(set(starts))]


def require_place(kind: SlotKind, place: str) -> None:
    """Raises PlaceNeededError."""
    if kind is not SlotKind.TELEPHONE and not place.strip():
        raise PlaceNeededError("Say where: the video link, or the address.")


def withdraw(slot: Slot) -> None:
    """Offer a free time no longer; a group session is cancelled instead. Raises SlotBookedError."""
    hold(slot)
    if slot.is_group:
        raise SlotBookedError("This is a group session. Cancel it on its own page, so that everybody hears of it.")
    if db.session.scalar(select(IS_BOOKED).where(Slot.id == slot.id)):
        raise SlotBookedError("Somebody has booked this time. Move or cancel the interview first.")
    if slot.withdrawn_at is None:
        slot.withdrawn_at = clock.now()
        audit.record("slot withdrawn", slot)


def open_slots(call: Call, at: datetime | None = None) -> list[Slot]:
    """Times for one person that are offered by somebody who is still with us, free, and to come; `at` one moment.

    Which of them suit a volunteer, and leave their interviewers enough room, is found in offers.py.
    """
    is_held = exists().where(Booking.slot_id == Slot.id, Booking.status != BookingStatus.CANCELLED)
    wanted = select(Slot).where(
        Slot.call_id == call.id,
        Slot.withdrawn_at.is_(None),
        Slot.is_group.is_(False),
        Slot.starts_at > clock.now(),
        ~is_held,
    )
    if at is not None:
        wanted = wanted.where(Slot.starts_at == at)
    wanted = wanted.where(Slot.interviewer.has(StaffMember.is_active))
    # The call is at hand already; to read it with every row would read all its questions as often.
    return list(db.session.scalars(wanted.order_by(Slot.starts_at, Slot.id).options(selectinload(Slot.interviewer))))


def find_slot(slot_id: UUID, call: Call) -> Slot | None:
    return db.session.scalars(select(Slot).where(Slot.id == slot_id, Slot.call_id == call.id)).first()


def slots_of(interviewer_id: UUID, until: datetime | None = None) -> list[tuple[Slot, Booking | None]]:
    """Times for one person that an interviewer offers from now on, each with its booking if it has one."""
    wanted = (
        select(Slot, Booking)
        .outerjoin(Booking, (Booking.slot_id == Slot.id) & Booking.status.in_(HOLDING))
        .where(*_offered_by(interviewer_id))
    )
    if until is not None:
        wanted = wanted.where(Slot.starts_at < until)
    people = joinedload(Booking.volunteer).joinedload(Volunteer.participant)
    rows = db.session.execute(wanted.order_by(Slot.starts_at).options(joinedload(Slot.call), people)).all()
    return [(slot, booking) for slot, booking in rows]


def count_after(interviewer_id: UUID, moment: datetime) -> int:
    """How many times for one person an interviewer offers from a moment on."""
    wanted = select(func.count(Slot.id)).where(*_offered_by(interviewer_id), Slot.starts_at >= moment)
    return db.session.scalar(wanted) or 0


def _offered_by(interviewer_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        Slot.interviewer_id == interviewer_id,
        Slot.withdrawn_at.is_(None),
        Slot.is_group.is_(False),
        Slot.ends_at > clock.now(),
    )


def _publish_one(call: Call, interviewer: StaffMember, at: datetime, meeting: Meeting) -> Slot:
    slot = Slot(
        call_id=call.id,
        interviewer_id=interviewer.id,
        starts_at=at,
        ends_at=at + timedelta(minutes=call.interview_minutes),
        created_at=clock.now(),
        **asdict(meeting),
    )
    slot_words = clock.day_and_time(at, call.zone)
    if at <= clock.now():
        raise SlotTimeError(f"{slot_words} is past. Please choose a time to come.")
    if other := _overlapping(slot):
        raise SlotTimeError(f"{slot_words} overlaps with a time that you offer already: {when(other)}.")
    try:
        with db.session.begin_nested():
            db.session.add(slot)
    except IntegrityError as error:
        raise SlotTimeError(f"You offer {slot_words} already.") from error
    audit.record("slot published", slot)
    return slot


def _overlapping(slot: Slot) -> Slot | None:
    wanted = select(Slot).where(
        Slot.interviewer_id == slot.interviewer_id,
        Slot.withdrawn_at.is_(None),
        Slot.starts_at < slot.ends_at,
        Slot.ends_at > slot.starts_at,
    )
    return db.session.scalars(wanted.limit(1)).first()
