"""What a call lets people do with their bookings themselves. Enforced in bookings.py; callers commit."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from accounts import audit
from core.database import db
from evidence.models import Call
from interviews.models import BookingPolicy, Slot


@dataclass(frozen=True, slots=True)
class BookingPolicyChoices:
    """The defaults apply to calls without a stored policy."""

    cutoff_hours: int = 24
    max_self_service_changes: int = 5
    offer_hours: int = 24


def get_booking_policy(call: Call) -> BookingPolicy:
    stored = db.session.scalars(select(BookingPolicy).where(BookingPolicy.call_id == call.id)).first()
    return stored or BookingPolicy(
        call_id=call.id, shows_open_targets=False, asks_equality=False, **asdict(BookingPolicyChoices())
    )


def set_booking_policy(call: Call, choices: BookingPolicyChoices) -> None:
    """Also applies to interviews that are booked already."""
    policy = get_booking_policy(call)
    for name, value in asdict(choices).items():
        setattr(policy, name, value)
    db.session.add(policy)
    db.session.flush()
    audit.record("booking rules set", call, **asdict(choices))


def get_self_service_cutoff(slot: Slot) -> datetime:
    return slot.starts_at - timedelta(hours=get_booking_policy(slot.call).cutoff_hours)
