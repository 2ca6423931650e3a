"""Add staff and change their roles. Signing in: sign_in_links.py. Callers commit."""

from collections.abc import Set as AbstractSet

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from accounts import audit, sessions
from accounts.links import revoke_links
from accounts.models import LinkPurpose, StaffMember, StaffRole
from accounts.roles import Role
from core import clock
from core.database import db
from core.errors import RuleError
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from core.text_cleaning import clean_single_line
from core.urls import build_absolute_url


class EmailTakenError(RuleError): ...


class LastCoordinatorError(RuleError):
    """Without a coordinator nobody could add staff again."""


def list_staff() -> list[StaffMember]:
    query = select(StaffMember).options(selectinload(StaffMember.roles))
    return list(db.session.scalars(query.order_by(StaffMember.is_active.desc(), StaffMember.name, StaffMember.email)))


def add_member(*, email: str, name: str, roles: AbstractSet[Role]) -> StaffMember:
    member = StaffMember(email=email.strip().lower(), name=clean_single_line(name), created_at=clock.now())
    member.roles = [StaffRole(role=role) for role in sorted(roles)]
    try:
        with db.session.begin_nested():
            db.session.add(member)
    except IntegrityError as error:
        raise EmailTakenError("Someone already signs in with this address.") from error
    audit.record("staff member added", member, roles=sorted(roles))
    return member


def send_welcome(member: StaffMember) -> None:
    mail = render_mail(
        "accounts/welcome",
        recipient=member.email,
        subject="You can now sign in to Listening Post",
        name=member.name,
        address=build_absolute_url("accounts.sign_in"),
    )
    queue_mail(mail)


def change_member(member: StaffMember, *, name: str, roles: AbstractSet[Role], is_active: bool) -> None:
    """Raises LastCoordinatorError."""
    if not (is_active and Role.COORDINATOR in roles):
        _require_another_coordinator(member)
    has_changed = not is_active or {row.role for row in member.roles} != roles
    member.name = clean_single_line(name)
    member.is_active = is_active
    _set_roles(member, roles)
    if not is_active:
        for purpose in (LinkPurpose.SIGN_IN, LinkPurpose.OWN_FEED, LinkPurpose.WHOLE_FEED):
            revoke_links(purpose, member.id)
    if has_changed:
        sessions.end_all(member.id)
    audit.record("staff member changed", member, roles=sorted(roles), is_active=is_active)


def list_active_members(role: Role) -> list[StaffMember]:
    query = select(StaffMember).where(StaffMember.is_active, StaffMember.roles.any(StaffRole.role == role))
    return list(db.session.scalars(query.order_by(StaffMember.email)))


def find_active_member(role: Role) -> StaffMember | None:
    query = select(StaffMember).join(StaffMember.roles).where(StaffRole.role == role, StaffMember.is_active)
    members = db.session.scalars(query.order_by(StaffMember.created_at, StaffMember.email)).all()
    return min(members, key=lambda member: len(member.roles), default=None)


def _require_another_coordinator(leaving: StaffMember) -> None:
    """The rows stay locked until the commit, so that the last two cannot remove each other at the same moment."""
    coordinators = (
        select(StaffMember, StaffRole)
        .join(StaffMember.roles)
        .where(StaffRole.role == Role.COORDINATOR, StaffMember.is_active)
        .order_by(StaffMember.id)
        .with_for_update()
    )
    ids = {member.id for member, _ in db.session.execute(coordinators)}
    if ids == {leaving.id}:
        raise LastCoordinatorError(f"{leaving.name} is the only coordinator. Make someone else a coordinator first.")


def _set_roles(member: StaffMember, roles: AbstractSet[Role]) -> None:
    current = {row.role: row for row in member.roles}
    for role in current.keys() - roles:
        member.roles.remove(current[role])
    member.roles.extend(StaffRole(role=role) for role in sorted(roles - current.keys()))
    db.session.flush()
