"""The lock that every decision about an interview takes first."""

from uuid import UUID

from sqlalchemy import select

from core.database import db
from evidence.models import Contribution


def lock_interview(contribution_id: UUID) -> None:
    db.session.execute(select(Contribution.id).where(Contribution.id == contribution_id).with_for_update())
