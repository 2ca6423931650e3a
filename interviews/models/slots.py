"""Rows of the times that interviewers offer, for one person or a group."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import StaffMember
from core.database import UuidModel, enum_column
from evidence.models import Call, Site

if TYPE_CHECKING:
    from interviews.models.bookings import Booking


class SlotKind(StrEnum):
    VIDEO = "video link"
    TELEPHONE = "telephone"
    IN_PERSON = "in person"


IS_NOT_WITHDRAWN = text("withdrawn_at IS NULL")


class Slot(UuidModel):
    """A time that an interviewer offers, once or from a weekly pattern; with several seats, a group session."""

    __tablename__ = "slot"
    __table_args__ = (
        Index(
            "uq_slot_start",
            "interviewer_id",
            "starts_at",
            unique=True,
            sqlite_where=IS_NOT_WITHDRAWN,
            postgresql_where=IS_NOT_WITHDRAWN,
        ),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_slot_call", "call_id", "starts_at"),
        Index("ix_slot_starts_at", "starts_at"),
        Index("ix_slot_interviewer", "interviewer_id", "starts_at"),
    )

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"))
    interviewer_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.id", ondelete="SET NULL"))
    pattern_id: Mapped[UUID | None] = mapped_column(ForeignKey("weekly_pattern.id", ondelete="SET NULL"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    kind: Mapped[SlotKind] = mapped_column(enum_column(SlotKind))
    location: Mapped[str] = mapped_column("place", Text, default="")  # link, or address; empty for telephone
    room: Mapped[str] = mapped_column(Text, default="")  # in person: which room, and how to find it
    is_step_free: Mapped[bool] = mapped_column(default=False)
    takes_companion: Mapped[bool] = mapped_column(default=True)
    is_group: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(Text, default="")  # of a group session; neutral, because calendars show it
    capacity: Mapped[int] = mapped_column(default=1)
    minimum: Mapped[int] = mapped_column(default=1)  # with fewer people, staff decide whether the session takes place
    shortage_notified_at: Mapped[datetime | None] = mapped_column("shortage_told_at")  # staff, that too few people come
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    call: Mapped[Call] = relationship()
    interviewer: Mapped[StaffMember] = relationship()
    site: Mapped[Site | None] = relationship()
    bookings: Mapped[list["Booking"]] = relationship(back_populates="slot")
