"""Rows of quotes. Their words are in a row of their own, which goes when the person's words are erased."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import UuidModel, enum_column
from evidence.models import Contribution
from review.models.anchors import AnchoredWords


class QuoteState(StrEnum):
    CANDIDATE = "candidate"
    CHOSEN = "chosen"
    SENT = "sent to the participant"
    APPROVED = "approved"
    CHANGED = "changed"  # by the participant
    REFUSED = "refused"
    USED = "used"


class Attribution(StrEnum):
    UNNAMED = "without name"
    NAMED = "with name"


class Quote(UuidModel):
    """Known by the person's reference and its number. It stays, without words, when they are erased."""

    __tablename__ = "quote"
    __table_args__ = (UniqueConstraint("contribution_id", "number"),)

    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    number: Mapped[int]  # 1, 2... of one contribution
    state: Mapped[QuoteState] = mapped_column(enum_column(QuoteState), default=QuoteState.CANDIDATE, index=True)
    attribution: Mapped[Attribution] = mapped_column(enum_column(Attribution))
    intended_use: Mapped[str] = mapped_column(Text, default="")  # such as “report, chapter 2”
    used_in: Mapped[str] = mapped_column(Text, default="")  # where it has been published
    created_at: Mapped[datetime]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    sent_at: Mapped[datetime | None]
    answer_by: Mapped[date | None]  # the last day on which the participant can answer
    answered_at: Mapped[datetime | None]
    contribution: Mapped[Contribution] = relationship()
    words: Mapped["QuoteWords | None"] = relationship(back_populates="quote", cascade="all, delete-orphan")
    changes: Mapped[list["QuoteChange"]] = relationship(order_by="QuoteChange.number", cascade="all, delete-orphan")


class QuoteWords(AnchoredWords, UuidModel):
    """Where the words of a quote are, and what it makes of them."""

    __tablename__ = "quote_words"

    quote_id: Mapped[UUID] = mapped_column(ForeignKey("quote.id", ondelete="CASCADE"), unique=True)
    edited_text: Mapped[str | None] = mapped_column(Text)  # with […] and square brackets; None: as it was said
    participant_text: Mapped[str | None] = mapped_column(Text)  # as the participant corrected it
    quote: Mapped[Quote] = relationship(back_populates="words")


class QuoteChange(UuidModel):
    """One step of a quote's way, without its words."""

    __tablename__ = "quote_change"
    __table_args__ = (UniqueConstraint("quote_id", "number"),)

    quote_id: Mapped[UUID] = mapped_column(ForeignKey("quote.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[QuoteState] = mapped_column(enum_column(QuoteState))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))  # None: the participant
    note: Mapped[str] = mapped_column(Text, default="")  # what else was changed, never words
