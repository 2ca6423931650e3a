"""Rows of passages, of the decisions about them, and of the coverage of each question."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Text, UniqueConstraint, and_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import UuidModel, enum_column
from evidence.models import Answer
from transcripts.kinds.closed_sets import CoverageStatus

if TYPE_CHECKING:
    from transcripts.models.transcripts import Transcript


class PassageState(StrEnum):
    SUGGESTED = "suggested"  # by the machine; not an answer
    ACCEPTED = "accepted"  # by a person


class Passage(UuidModel):
    """A run of words that belongs to one question or to none, with the answer it became part of."""

    __tablename__ = "passage"
    __table_args__ = (Index("ix_passage_answer_id", "answer_id"), Index("ix_passage_transcript_id", "transcript_id"))

    transcript_id: Mapped[UUID] = mapped_column(ForeignKey("transcript.id", ondelete="CASCADE"))
    question_key: Mapped[str | None] = mapped_column(Text)  # None: said outside the schedule
    suggested_key: Mapped[str | None] = mapped_column(Text)  # what the machine said, kept when a person differs
    start_seconds: Mapped[float]
    end_seconds: Mapped[float]
    first_segment: Mapped[int]  # positions, both included
    last_segment: Mapped[int]
    first_word: Mapped[int | None]  # in the first and last segment; None: from its start, to its end
    last_word: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
    confidence: Mapped[float]  # 0..1, calibrated
    state: Mapped[PassageState] = mapped_column(enum_column(PassageState), default=PassageState.SUGGESTED)
    answer_id: Mapped[UUID | None] = mapped_column(ForeignKey("answer.id", ondelete="SET NULL"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    decided_at: Mapped[datetime | None]
    transcript: Mapped["Transcript"] = relationship(back_populates="passages")
    answer: Mapped[Answer | None] = relationship()

    @hybrid_property
    def is_open(self) -> bool:
        """A suggested answer to a question that nobody has accepted."""
        return self.state is PassageState.SUGGESTED and self.question_key is not None

    @is_open.inplace.expression
    @classmethod
    def _is_open_expression(cls) -> ColumnElement[bool]:
        return and_(cls.state == PassageState.SUGGESTED, cls.question_key.is_not(None))

    @hybrid_property
    def is_untouched(self) -> bool:
        """A suggestion, also of no question, that nobody has decided about."""
        return self.state is PassageState.SUGGESTED and self.decided_at is None

    @is_untouched.inplace.expression
    @classmethod
    def _is_untouched_expression(cls) -> ColumnElement[bool]:
        return and_(cls.state == PassageState.SUGGESTED, cls.decided_at.is_(None))


class Coverage(UuidModel):
    __tablename__ = "coverage"
    __table_args__ = (UniqueConstraint("transcript_id", "question_key"),)

    transcript_id: Mapped[UUID] = mapped_column(ForeignKey("transcript.id", ondelete="CASCADE"))
    question_key: Mapped[str] = mapped_column(Text)
    status: Mapped[CoverageStatus] = mapped_column(enum_column(CoverageStatus))


class Decision(UuidModel):
    """One step of a person's work on a transcript's passages, with everything needed to undo it."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_transcript_id", "transcript_id", "number"),)

    transcript_id: Mapped[UUID] = mapped_column(ForeignKey("transcript.id", ondelete="CASCADE"))
    number: Mapped[int]  # 1, 2... in the order in which they were made
    made_by: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    made_at: Mapped[datetime]
    action: Mapped[str] = mapped_column(Text)
    before: Mapped[list[Any]]  # the passages that it touched, as they were
    after: Mapped[list[Any]]
    undone_at: Mapped[datetime | None]
