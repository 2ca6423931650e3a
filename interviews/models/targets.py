"""Rows of a call's targets, and of counts that identify nobody."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import UuidModel, enum_column


class TargetAspect(StrEnum):
    """What a target counts by. Targets of sites are columns of Site (evidence)."""

    AREA_TYPE = "kind of place"
    CAPACITY = "capacity"
    LANGUAGE = "language"


class Target(UuidModel):
    __tablename__ = "target"
    __table_args__ = (
        UniqueConstraint("call_id", "aspect", "key"),
        CheckConstraint("low >= 0 AND high >= low", name="range"),
    )

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    aspect: Mapped[TargetAspect] = mapped_column(enum_column(TargetAspect))
    key: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    low: Mapped[int]
    high: Mapped[int]


class EqualityCount(UuidModel):
    """No rows per person, so that nobody can be identified."""

    __tablename__ = "equality_count"
    __table_args__ = (UniqueConstraint("call_id", "question", "answer"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    count: Mapped[int]
    published_count: Mapped[int] = mapped_column("shown")  # as last published: equality/equality_counts.py


class AreaDeprivation(UuidModel):
    """The deprivation quintile of a postcode area or district, as loaded by the operator."""

    __tablename__ = "area_fifth"
    __table_args__ = (CheckConstraint("fifth BETWEEN 1 AND 5", name="fifth"),)

    area: Mapped[str] = mapped_column(Text, unique=True)  # for example LS, or LS6
    fifth: Mapped[int]  # 1: the most deprived
