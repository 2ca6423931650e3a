"""What a volunteer needs and prefers, and how they change it later. Callers commit."""

from dataclasses import asdict, dataclass, fields
from uuid import UUID

from accounts import audit
from core.database import db
from core.locks import lock_row
from interviews.bookings import bookings
from interviews.inbox import messages
from interviews.models import Gender, Volunteer
from interviews.wordings.slot_descriptions import get_volunteer_zone

NEEDS_CHANGED_MESSAGE = "I have changed what I need for the interview. You can see it on my page."


@dataclass(frozen=True, slots=True)
class Needs:
    site_id: UUID | None = None
    access_needs: str = ""
    needs_step_free: bool = False
    language: str = ""
    needs_interpreter: bool = False
    companion: str = ""
    preferred_gender: Gender | None = None
    zone: str = ""


def get_needs(volunteer: Volunteer) -> Needs:
    return Needs(**{field.name: getattr(volunteer, field.name) for field in fields(Needs)})


def change_needs(volunteer: Volunteer, needs: Needs) -> bool:
    """Returns whether staff were notified: a booked interview may no longer suit. Raises TooManyMessagesError."""
    lock_row(volunteer)
    before, after = asdict(get_needs(volunteer)), asdict(needs)
    changed = sorted(name for name in after if after[name] != before[name])
    if not changed:
        return False
    for name in changed:
        setattr(volunteer, name, after[name])
    db.session.flush()
    audit.record("needs changed", volunteer, changed=changed)
    booking = bookings.find_active_booking(volunteer)
    if booking is None or changed == ["zone"]:
        return False
    messages.send_message(volunteer, NEEDS_CHANGED_MESSAGE, about=booking)
    return True


def choose_zone(volunteer: Volunteer, zone: str) -> None:
    if zone != get_volunteer_zone(volunteer):
        volunteer.zone = zone
        audit.record("zone chosen", volunteer, zone=zone)
