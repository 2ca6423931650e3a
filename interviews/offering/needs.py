"""What a volunteer needs and prefers, and how they change it later. Which times meet it: fitting.py; callers commit."""

from dataclasses import asdict, dataclass, fields
from uuid import UUID

from accounts import audit
from core.database import db
from interviews import bookings, messages
from interviews.holding import hold
from interviews.models import Gender, Volunteer
from interviews.wording import zone_of

CHANGED = "What I need for the interview has changed. You find it on my page."


@dataclass(frozen=True, slots=True)
class Needs:
    """Fields as in the row."""

    site_id: UUID | None = None
    access_needs: str = ""
    needs_step_free: bool = False
    language: str = ""
    needs_interpreter: bool = False
    companion: str = ""
    preferred_gender: Gender | None = None
    zone: str = ""


def needs_of(volunteer: Volunteer) -> Needs:
    return Needs(**{field.name: getattr(volunteer, field.name) for field in fields(Needs)})


def change(volunteer: Volunteer, needs: Needs) -> bool:
    """Whether staff are told: they are when an interview is booked, which may not suit any more.

    Raises TooManyMessagesError.
    """
    hold(volunteer)
    before, now = asdict(needs_of(volunteer)), asdict(needs)
    changed = sorted(name for name in now if now[name] != before[name])
    if not changed:
        return False
    for name in changed:
        setattr(volunteer, name, now[name])
    db.session.flush()
    audit.record("needs changed", volunteer, changed=changed)
    booking = bookings.active_booking(volunteer)
    if booking is None or changed == ["zone"]:
        return False
    messages.write(volunteer, CHANGED, about=booking)
    return True


def choose_zone(volunteer: Volunteer, zone: str) -> None:
    """On whose clocks the person is shown times from now on."""
    if zone != zone_of(volunteer):
        volunteer.zone = zone
        audit.record("zone chosen", volunteer, zone=zone)
