"""The group session in the address of a staff page."""

from uuid import UUID

from flask import abort

from accounts.access import current_person_or_403
from accounts.roles import Permission
from interviews.group_sessions.sessions import find_session
from interviews.models import Slot


def session_or_404(slot_id: UUID) -> Slot:
    slot, person = find_session(slot_id), current_person_or_403()
    if slot is None or (slot.interviewer_id != person.id and not person.may(Permission.MANAGE_VOLUNTEERS)):
        abort(404)
    return slot
