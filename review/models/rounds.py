"""Rows of double coding: a round with its sample, and what each coder has finished of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import UuidModel
from evidence.models import Call, Contribution


class CodingRound(UuidModel):
    """Several people code the same sample. Nobody sees the others' codes until all of them have finished."""

    __tablename__ = "coding_round"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    closed_at: Mapped[datetime | None]  # what was agreed is in the evidence since then
    agreement: Mapped[list[Any]] = mapped_column(default=list)  # figures by theme, once calculated
    calculated_at: Mapped[datetime | None]
    call: Mapped[Call] = relationship()
    tasks: Mapped[list["CodingTask"]] = relationship(cascade="all, delete-orphan")


class CodingTask(UuidModel):
    """One coder's share: one contribution of the sample."""

    __tablename__ = "coding_task"
    __table_args__ = (UniqueConstraint("round_id", "coder_id", "contribution_id"),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("coding_round.id", ondelete="CASCADE"))
    coder_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    is_skipped: Mapped[bool] = mapped_column(default=False)  # the coder could not code it; counts as missing
    finished_at: Mapped[datetime | None]
    contribution: Mapped[Contribution] = relationship()
