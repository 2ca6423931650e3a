"""Rows of the markers that an interviewer taps during an interview."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import UuidModel, enum_column
from transcripts.kinds.closed_sets import MarkerKind


class Marker(UuidModel):
    """The browser creates the id, so that a tap that is sent twice counts once."""

    __tablename__ = "marker"
    __table_args__ = (Index("ix_marker_contribution_id", "contribution_id", "tapped_at"),)

    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id"))
    made_by: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    kind: Mapped[MarkerKind] = mapped_column(enum_column(MarkerKind))
    question_key: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    tapped_at: Mapped[datetime]  # on the server's clock, as far as the page could tell
    received_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
