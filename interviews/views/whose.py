"""Whose times a page is about: one's own, or, for coordinators, those of the interviewer whom the address names."""

from typing import Any
from uuid import UUID

from flask import abort, request

from accounts.access import signed_in
from accounts.models import StaffMember
from accounts.roles import Permission, permissions_of
from core.database import db

OTHER = "for"  # in the address; a form posts to its own address, so it stays there


def whose() -> StaffMember:
    """Who asks, or whom the address names; not found for those who may not look after others."""
    own_id = signed_in().id
    named = request.args.get(OTHER, None, type=_uuid) if OTHER in request.args else own_id
    if named is None:
        abort(404)
    return looked_after(named)


def looked_after(interviewer_id: UUID) -> StaffMember:
    """An interviewer whose times the person here may change."""
    if interviewer_id != signed_in().id and not signed_in().may(Permission.MANAGE_VOLUNTEERS):
        abort(404)
    member = db.session.get(StaffMember, interviewer_id)
    if member is None or Permission.OPEN_SLOTS not in permissions_of(frozenset(row.role for row in member.roles)):
        abort(404)
    return member


def named(member: StaffMember) -> dict[str, Any]:
    """What an address needs to stay with somebody: nothing for oneself."""
    return {} if member.id == signed_in().id else {OTHER: str(member.id)}


def _uuid(text: str) -> UUID:
    return UUID(text)
