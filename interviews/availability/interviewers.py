"""Which staff may interview."""

from sqlalchemy import select

from accounts.models import StaffMember, StaffRole
from accounts.roles import PERMISSIONS_BY_ROLE, Permission
from core.database import db

INTERVIEWING_ROLES = [role for role, permissions in PERMISSIONS_BY_ROLE.items() if Permission.OPEN_SLOTS in permissions]


def list_possible_hosts() -> list[StaffMember]:
    may_host = StaffMember.roles.any(StaffRole.role.in_(INTERVIEWING_ROLES))
    query = select(StaffMember).where(StaffMember.is_active, may_host)
    return list(db.session.scalars(query.order_by(StaffMember.name, StaffMember.email)))
