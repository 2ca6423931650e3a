"""Find the group session that an address names, for staff who may see it."""

from uuid import UUID

from flask import abort

from accounts.access import signed_in
from accounts.roles import Permission
from interviews.groups.sessions import find_session
from interviews.models import Slot


def session_of_staff(slot_id: UUID) -> Slot:
    """One's own; a coordinator sees every one."""
    slot, person = find_session(slot_id), signed_in()
    if slot is None or (slot.interviewer_id != person.id and not person.may(Permission.MANAGE_VOLUNTEERS)):
        abort(404)
    return slot
