"""Rows of corrections. The machine's segments are never changed: the newest row of a segment says what counts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import UuidModel, enum_column
from transcripts.kinds.closed_sets import CorrectionKind


class SegmentCorrection(UuidModel):
    """One version of a segment, complete. Version 0 is the machine's and has no row."""

    __tablename__ = "segment_correction"
    __table_args__ = (
        UniqueConstraint("transcript_id", "segment", "number"),
        Index("ix_segment_correction_step", "transcript_id", "step"),
    )

    transcript_id: Mapped[UUID] = mapped_column(ForeignKey("transcript.id", ondelete="CASCADE"))
    segment: Mapped[int]  # its position
    number: Mapped[int]
    base_number: Mapped[int]  # the version that its author saw
    step: Mapped[int]  # rows of one action share it; for undo and redo
    kind: Mapped[CorrectionKind] = mapped_column(enum_column(CorrectionKind))
    text: Mapped[str | None] = mapped_column(Text)  # None: the machine's
    speaker: Mapped[str | None] = mapped_column(Text)  # a letter; None: as the machine has it
    author_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
