"""Tell staff, once, that a group session is near and short of people. They decide: nothing is cancelled by itself."""

from sqlalchemy import select

from accounts import audit
from accounts.models import StaffMember, StaffRole
from accounts.roles import PERMISSIONS, Permission
from core import clock
from core.database import db
from interviews.groups import session_mail
from interviews.groups.listing import line_of
from interviews.holding import hold
from interviews.models import Slot

DECIDING_ROLES = [role for role, held in PERMISSIONS.items() if Permission.MANAGE_VOLUNTEERS in held]


def tell_of_shortage(slot: Slot) -> None:
    """To whoever holds the session and to the coordinators, unless it has enough people or they were told."""
    hold(slot)
    line = line_of(slot)
    if not line.is_short or slot.shortage_told_at is not None:
        return
    slot.shortage_told_at = clock.now()
    audit.record("session short of people", slot, count=line.placed, minimum=slot.minimum)
    session_mail.tell(session_mail.few_come(slot, _concerned(slot), count=line.placed))


def _concerned(slot: Slot) -> list[StaffMember]:
    coordinators = select(StaffMember).where(
        StaffMember.is_active, StaffMember.roles.any(StaffRole.role.in_(DECIDING_ROLES))
    )
    others = [member for member in db.session.scalars(coordinators) if member.id != slot.interviewer_id]
    return [slot.interviewer, *others] if slot.interviewer.is_active else others
