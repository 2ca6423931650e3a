"""Rows of what people ask about their own data: a copy of it, and corrections."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import UuidModel, enum_column
from evidence.models import Participant


class CopyState(StrEnum):
    PREPARING = "preparing"
    READY = "ready"


class PersonalCopy(UuidModel):
    """A ZIP file with everything of one person, encrypted like a recording and deleted after a few days."""

    __tablename__ = "personal_copy"

    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), unique=True)
    state: Mapped[CopyState] = mapped_column(enum_column(CopyState), default=CopyState.PREPARING)
    storage_path: Mapped[str] = mapped_column(Text, unique=True)
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    participant: Mapped[Participant] = relationship()


class CorrectionRequest(UuidModel):
    """What somebody says is wrong in what we have of them and cannot correct themselves."""

    __tablename__ = "correction_request"

    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    contribution_id: Mapped[UUID | None] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    question_key: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    participant: Mapped[Participant] = relationship()
