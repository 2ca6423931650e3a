"""What a call lets people do alone with their bookings. It is enforced in bookings.py; callers commit."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from accounts import audit
from core.database import db
from evidence.models import Call
from interviews.models import BookingRules, Slot


@dataclass(frozen=True, slots=True)
class RuleChoices:
    """What a coordinator may set; the defaults hold for a call of which nobody has set anything."""

    cutoff_hours: int = 24
    most_own_changes: int = 5
    offer_hours: int = 24


def rules_of(call: Call) -> BookingRules:
    """The call's own, or an unsaved row with the defaults."""
    own = db.session.scalars(select(BookingRules).where(BookingRules.call_id == call.id)).first()
    return own or BookingRules(call_id=call.id, shows_sought=False, asks_equality=False, **asdict(RuleChoices()))


def set_rules(call: Call, choices: RuleChoices) -> None:
    """Change what holds from now on, also for interviews that are booked already."""
    rules = rules_of(call)
    for name, value in asdict(choices).items():
        setattr(rules, name, value)
    db.session.add(rules)
    db.session.flush()
    audit.record("booking rules set", call, **asdict(choices))


def cutoff(slot: Slot) -> datetime:
    """Until then people move and cancel alone; afterwards they write to staff."""
    return slot.starts_at - timedelta(hours=rules_of(slot.call).cutoff_hours)
