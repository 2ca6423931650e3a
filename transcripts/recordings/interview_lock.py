"""The lock that everything takes which decides about an interview."""

from uuid import UUID

from sqlalchemy import select

from core.database import db
from evidence.models import Contribution


def lock_interview(contribution_id: UUID) -> None:
    """Let one person at a time decide about an interview's passages, until the transaction ends."""
    db.session.execute(select(Contribution.id).where(Contribution.id == contribution_id).with_for_update())
