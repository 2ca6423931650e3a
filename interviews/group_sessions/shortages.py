"""Notify staff, once, that a group session is soon and short of people. They decide: nothing is cancelled by itself."""

from sqlalchemy import select

from accounts import audit
from accounts.models import StaffMember, StaffRole
from accounts.roles import PERMISSIONS_BY_ROLE, Permission
from core import clock
from core.database import db
from core.locks import lock_row
from interviews.group_sessions import session_mail
from interviews.group_sessions.session_lists import get_session_summary
from interviews.models import Slot

COORDINATING_ROLES = [
    role for role, permissions in PERMISSIONS_BY_ROLE.items() if Permission.MANAGE_VOLUNTEERS in permissions
]


def notify_shortage(slot: Slot) -> None:
    lock_row(slot)
    summary = get_session_summary(slot)
    if not summary.is_short_of_people or slot.shortage_notified_at is not None:
        return
    slot.shortage_notified_at = clock.now()
    audit.record("session short of people", slot, count=summary.seated, minimum=slot.minimum)
    session_mail.queue_notices(session_mail.build_shortage_notices(slot, _list_recipients(slot), count=summary.seated))


def _list_recipients(slot: Slot) -> list[StaffMember]:
    coordinators = select(StaffMember).where(
        StaffMember.is_active, StaffMember.roles.any(StaffRole.role.in_(COORDINATING_ROLES))
    )
    others = [member for member in db.session.scalars(coordinators) if member.id != slot.interviewer_id]
    return [slot.interviewer, *others] if slot.interviewer.is_active else others
