"""Where this package's tables can have something of a participant's: their personal links."""

from sqlalchemy import ColumnElement, Table, false

from accounts.models import (
    AccessLink,
    AccessRecord,
    AuditEntry,
    AuditSeal,
    RecoveryCode,
    SecondFactor,
    StaffMember,
    StaffRole,
    StaffSession,
)
from core.personal_data import DataSubject, declare_impersonal, hold


def match_links(_table: Table, subject: DataSubject) -> ColumnElement[bool]:
    return AccessLink.subject_id == subject.participant_id if subject.is_whole else false()


hold("links", "Your personal links", AccessLink, matches=match_links, hides=("token_hash", "subject_id"))
declare_impersonal("of staff", StaffMember, StaffRole, StaffSession, SecondFactor, RecoveryCode)
declare_impersonal(
    "ids, figures and states; the ids of what was erased lead nowhere", AuditEntry, AuditSeal, AccessRecord
)
