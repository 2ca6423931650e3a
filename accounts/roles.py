"""Roles and permissions. Pure: rows are in models.py."""

from enum import StrEnum


class Permission(StrEnum):
    # participants, through a personal link
    MANAGE_OWN_BOOKING = "manage own booking"
    WRITE_OWN_CONTRIBUTION = "write own contribution"
    # staff
    SEE_STAFF_PAGES = "see staff pages"
    OPEN_SLOTS = "open slots"
    SEE_OWN_INTERVIEWS = "see own interviews"
    UPLOAD_RECORDING = "upload recording"
    READ_EVIDENCE = "read evidence"
    CODE_EVIDENCE = "code evidence"
    MANAGE_CALLS = "manage calls"
    MANAGE_VOLUNTEERS = "manage volunteers"
    MANAGE_PEOPLE = "manage people"
    SEE_OUTBOX = "see outbox"


class Role(StrEnum):
    COORDINATOR = "coordinator"
    INTERVIEWER = "interviewer"
    REVIEWER = "reviewer"
    PARTICIPANT = "participant"  # has no account, only a personal link


STAFF_ROLES = (Role.COORDINATOR, Role.INTERVIEWER, Role.REVIEWER)

_SHARED_STAFF_PERMISSIONS = frozenset({Permission.SEE_STAFF_PAGES})

PERMISSIONS_BY_ROLE: dict[Role, frozenset[Permission]] = {
    Role.COORDINATOR: _SHARED_STAFF_PERMISSIONS
    | {
        Permission.MANAGE_CALLS,
        Permission.MANAGE_VOLUNTEERS,
        Permission.MANAGE_PEOPLE,
        Permission.SEE_OUTBOX,
        Permission.OPEN_SLOTS,
        Permission.SEE_OWN_INTERVIEWS,
        Permission.UPLOAD_RECORDING,
        Permission.READ_EVIDENCE,
        Permission.CODE_EVIDENCE,
    },
    Role.INTERVIEWER: _SHARED_STAFF_PERMISSIONS
    | {Permission.OPEN_SLOTS, Permission.SEE_OWN_INTERVIEWS, Permission.UPLOAD_RECORDING},
    Role.REVIEWER: _SHARED_STAFF_PERMISSIONS | {Permission.READ_EVIDENCE, Permission.CODE_EVIDENCE},
    Role.PARTICIPANT: frozenset({Permission.MANAGE_OWN_BOOKING, Permission.WRITE_OWN_CONTRIBUTION}),
}


STAFF_PERMISSIONS = frozenset(Permission) - PERMISSIONS_BY_ROLE[Role.PARTICIPANT]


def get_permissions(roles: frozenset[Role]) -> frozenset[Permission]:
    return frozenset().union(*(PERMISSIONS_BY_ROLE[role] for role in roles))
