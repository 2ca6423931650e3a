"""Rows of the search index: each text that can be found, and its meaning as vectors.

The words are indexed beside them by the database itself: migrations/versions/0015_search.py.
"""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model, enum_column


class SearchKind(StrEnum):
    WRITTEN_ANSWER = "written answer"
    SPOKEN_ANSWER = "spoken answer"
    SUGGESTION = "suggested passage"
    OUTSIDE = "outside the questions"


class SearchEntry(Model):
    """A text that can be found. It goes with its contribution, its answer or its transcript."""

    __tablename__ = "search_entry"
    __table_args__ = (
        Index("ix_search_entry_call_id", "call_id"),
        Index("ix_search_entry_contribution_id", "contribution_id"),
        Index("ix_search_entry_answer_id", "answer_id"),
        Index("ix_search_entry_transcript_id", "transcript_id"),
        {"sqlite_autoincrement": True},  # the number of an erased text is not used again
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[SearchKind] = mapped_column(enum_column(SearchKind))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    answer_id: Mapped[UUID | None] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"))
    transcript_id: Mapped[UUID | None] = mapped_column(ForeignKey("transcript.id", ondelete="CASCADE"))
    question_key: Mapped[str | None] = mapped_column(Text)
    start_seconds: Mapped[float | None]
    end_seconds: Mapped[float | None]
    text: Mapped[str] = mapped_column(Text)
    folded_text: Mapped[str | None] = mapped_column(Text)  # without accents, where that differs; for PostgreSQL


class SearchVector(Model):
    """The meaning of a part of a text, by one model."""

    __tablename__ = "search_vector"

    entry_number: Mapped[int] = mapped_column(
        ForeignKey("search_entry.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0, 1... in the order of the text
    start: Mapped[int]  # of the part, in characters
    end: Mapped[int]
    model_sha256: Mapped[str] = mapped_column(Text)
    vector: Mapped[bytes] = mapped_column(LargeBinary)  # int8, scaled by 127
