"""The audit log: one entry for each action, in the same transaction."""

from typing import Any
from uuid import UUID

from flask import has_request_context
from sqlalchemy import select

from accounts.access import Person, current_person
from accounts.models import ActorKind, AuditEntry
from core import clock
from core.database import UuidModel, db


def record(action: str, subject: UuidModel | None = None, **details: Any) -> None:
    """`details` contain figures and states, never a participant's text or name."""
    person = current_person() if has_request_context() else None
    db.session.add(
        AuditEntry(
            at=clock.now(),
            actor_kind=_get_actor_kind(person),
            actor_id=person.id if person else None,
            action=action,
            subject_kind=subject.__tablename__ if subject else "",
            subject_id=subject.id if subject else None,
            details=details,
        )
    )


def list_entries_about(subject_id: UUID) -> list[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.subject_id == subject_id).order_by(AuditEntry.number)
    return list(db.session.scalars(query))


def _get_actor_kind(person: Person | None) -> ActorKind:
    if person is None:
        return ActorKind.SYSTEM
    return ActorKind.STAFF if person.is_staff else ActorKind.PARTICIPANT
