"""The audit trail: one entry for each deed, in the transaction of the deed."""

from typing import Any
from uuid import UUID

from flask import has_request_context
from sqlalchemy import select

from accounts.access import current_person
from accounts.models import AuditEntry
from core import clock
from core.database import UuidModel, db


def record(action: str, subject: UuidModel | None = None, **details: Any) -> None:
    """Note who did what to which row. `details` hold figures and states, never a participant's words or name."""
    person = current_person() if has_request_context() else None
    kind = "system" if person is None else "staff" if person.is_staff else "participant"
    db.session.add(
        AuditEntry(
            at=clock.now(),
            actor_kind=kind,
            actor_id=person.id if person else None,
            action=action,
            subject_kind=subject.__tablename__ if subject else "",
            subject_id=subject.id if subject else None,
            details=details,
        )
    )


def list_entries_about(subject_id: UUID) -> list[AuditEntry]:
    """What was done to a row, oldest first."""
    query = select(AuditEntry).where(AuditEntry.subject_id == subject_id).order_by(AuditEntry.number)
    return list(db.session.scalars(query))
