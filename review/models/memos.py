"""Rows of notes that staff write about a theme, about coded words or about a contribution."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import UuidModel


class Memo(UuidModel):
    """About exactly one of the three."""

    __tablename__ = "memo"
    __table_args__ = (
        CheckConstraint(
            "(theme_id IS NOT NULL AND span_id IS NULL AND contribution_id IS NULL)"
            " OR (theme_id IS NULL AND span_id IS NOT NULL AND contribution_id IS NULL)"
            " OR (theme_id IS NULL AND span_id IS NULL AND contribution_id IS NOT NULL)",
            name="one_subject",
        ),
    )

    theme_id: Mapped[UUID | None] = mapped_column(ForeignKey("theme.id", ondelete="CASCADE"), index=True)
    span_id: Mapped[UUID | None] = mapped_column(ForeignKey("coded_span.id", ondelete="CASCADE"), index=True)
    contribution_id: Mapped[UUID | None] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    written_by: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    written_at: Mapped[datetime]
