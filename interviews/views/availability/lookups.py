"""Whose times a page is about: your own, or for coordinators those of the interviewer in the address."""

from typing import Any
from uuid import UUID

from flask import abort, request

from accounts.access import current_person_or_403
from accounts.models import StaffMember
from accounts.roles import Permission, get_permissions
from core.database import db

INTERVIEWER_PARAMETER = "for"  # in the address; a form posts to its own address, so it stays there


def requested_interviewer_or_404() -> StaffMember:
    own_id = current_person_or_403().id
    interviewer_id = (
        request.args.get(INTERVIEWER_PARAMETER, None, type=_parse_uuid)
        if INTERVIEWER_PARAMETER in request.args
        else own_id
    )
    if interviewer_id is None:
        abort(404)
    return managed_interviewer_or_404(interviewer_id)


def managed_interviewer_or_404(interviewer_id: UUID) -> StaffMember:
    if interviewer_id != current_person_or_403().id and not current_person_or_403().may(Permission.MANAGE_VOLUNTEERS):
        abort(404)
    member = db.session.get(StaffMember, interviewer_id)
    if member is None or Permission.OPEN_SLOTS not in get_permissions(frozenset(row.role for row in member.roles)):
        abort(404)
    return member


def get_interviewer_args(member: StaffMember) -> dict[str, Any]:
    return {} if member.id == current_person_or_403().id else {INTERVIEWER_PARAMETER: str(member.id)}


def _parse_uuid(text: str) -> UUID:
    return UUID(text)
