"""Rows of the codebook, of its history, and of the words that a theme was given to."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import UuidModel, enum_column
from evidence.models import Call
from review.models.anchors import AnchoredWords

IS_ACTIVE_THEME = text("retired_at IS NULL")


class ThemeColour(StrEnum):
    TEAL = "teal"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    GREY = "grey"


class ThemePattern(StrEnum):
    """So that a theme is known without its colour."""

    SOLID = "solid"
    STRIPES = "stripes"
    DOTS = "dots"
    DASHES = "dashes"


class Theme(UuidModel):
    """A code of a call's codebook. Its name is used once among those that are not retired."""

    __tablename__ = "theme"
    __table_args__ = (
        Index(
            "uq_theme_name",
            "call_id",
            "name_key",
            unique=True,
            sqlite_where=IS_ACTIVE_THEME,
            postgresql_where=IS_ACTIVE_THEME,
        ),
    )

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("theme.id"), index=True)
    position: Mapped[int]  # among those with the same parent
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text)  # without differences of case
    definition: Mapped[str] = mapped_column(Text, default="")
    when_to_use: Mapped[str] = mapped_column(Text, default="")
    when_not_to_use: Mapped[str] = mapped_column(Text, default="")
    example: Mapped[str] = mapped_column(Text, default="")
    colour: Mapped[ThemeColour] = mapped_column(enum_column(ThemeColour))
    pattern: Mapped[ThemePattern] = mapped_column(enum_column(ThemePattern))
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    retired_at: Mapped[datetime | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("theme.id"))
    call: Mapped[Call] = relationship()
    changes: Mapped[list["ThemeChange"]] = relationship(order_by="ThemeChange.number", cascade="all, delete-orphan")


class ThemeAction(StrEnum):
    CREATED = "created"
    EDITED = "edited"
    MOVED = "moved"
    MERGED = "merged"
    SPLIT = "split"
    RETIRED = "retired"
    REVIVED = "brought back"
    IMPORTED = "imported"


class ThemeChange(UuidModel):
    """One step of a theme's history. `before` and `after`: the columns that changed."""

    __tablename__ = "theme_change"
    __table_args__ = (Index("ix_theme_change_theme_id", "theme_id", "number", unique=True),)

    theme_id: Mapped[UUID] = mapped_column(ForeignKey("theme.id", ondelete="CASCADE"))
    number: Mapped[int]  # 1, 2... of one theme
    action: Mapped[ThemeAction] = mapped_column(enum_column(ThemeAction))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)


class CodingSource(StrEnum):
    HAND = "by hand"
    SUGGESTION = "suggestion"  # of a model, accepted by a person


class CodedSpan(AnchoredWords, UuidModel):
    """That somebody gave some words a theme. Several themes of the same words are several rows."""

    __tablename__ = "coded_span"

    theme_id: Mapped[UUID] = mapped_column(ForeignKey("theme.id", ondelete="CASCADE"), index=True)
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("coding_round.id", ondelete="CASCADE"), index=True)
    coded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    coded_at: Mapped[datetime]
    source: Mapped[CodingSource] = mapped_column(enum_column(CodingSource), default=CodingSource.HAND)
    model: Mapped[str] = mapped_column(Text, default="")
    model_version: Mapped[str] = mapped_column(Text, default="")
    theme: Mapped[Theme] = relationship()
