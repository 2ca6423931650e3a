"""Rows of waiting lists and write-ups of group sessions. The session is a slot, a seat in it a booking."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import UuidModel, enum_column
from interviews.models.bookings import Booking
from interviews.models.slots import Slot
from interviews.models.volunteers import Volunteer


class WaitlistState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"  # a seat is kept for them until the offer expires
    ACCEPTED = "taken"
    LAPSED = "lapsed"  # the offer expired
    LEFT = "left"
    CLOSED = "closed"  # the waitlist was closed before a seat became free


IS_ACTIVE_ENTRY = text("state IN ('waiting', 'offered')")


class WaitlistEntry(UuidModel):
    __tablename__ = "waiting_place"
    __table_args__ = (
        UniqueConstraint("slot_id", "number"),
        Index(
            "uq_waiting_place_person",
            "slot_id",
            "volunteer_id",
            unique=True,
            sqlite_where=IS_ACTIVE_ENTRY,
            postgresql_where=IS_ACTIVE_ENTRY,
        ),
    )

    slot_id: Mapped[UUID] = mapped_column(ForeignKey("slot.id", ondelete="CASCADE"))
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]  # position in the waitlist
    state: Mapped[WaitlistState] = mapped_column(enum_column(WaitlistState), default=WaitlistState.WAITING)
    joined_at: Mapped[datetime]
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("booking.id", ondelete="SET NULL"))  # the seat offered
    slot: Mapped[Slot] = relationship()
    volunteer: Mapped[Volunteer] = relationship()
    booking: Mapped[Booking | None] = relationship()


class WriteUp(UuidModel):
    """The summary of a group session, for those who came to comment on."""

    __tablename__ = "write_up"

    slot_id: Mapped[UUID] = mapped_column(ForeignKey("slot.id", ondelete="CASCADE"), unique=True)
    text: Mapped[str] = mapped_column(Text)  # as staff last saved it
    sent_text: Mapped[str] = mapped_column(Text, default="")  # as those who came see it
    written_by: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    updated_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    slot: Mapped[Slot] = relationship()


class WriteUpComment(UuidModel):
    __tablename__ = "write_up_comment"

    write_up_id: Mapped[UUID] = mapped_column(ForeignKey("write_up.id", ondelete="CASCADE"), index=True)
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    read_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    write_up: Mapped[WriteUp] = relationship()
    volunteer: Mapped[Volunteer] = relationship()
