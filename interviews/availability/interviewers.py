"""Who may interview."""

from sqlalchemy import select

from accounts.models import StaffMember, StaffRole
from accounts.roles import PERMISSIONS_BY_ROLE, Permission
from core.database import db

INTERVIEWING_ROLES = [role for role, held in PERMISSIONS_BY_ROLE.items() if Permission.OPEN_SLOTS in held]


def list_possible_hosts() -> list[StaffMember]:
    """Who may hold a session, by name."""
    may_hold = StaffMember.roles.any(StaffRole.role.in_(INTERVIEWING_ROLES))
    wanted = select(StaffMember).where(StaffMember.is_active, may_hold)
    return list(db.session.scalars(wanted.order_by(StaffMember.name, StaffMember.email)))
