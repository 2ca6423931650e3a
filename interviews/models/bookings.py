"""Rows of who holds a place in a slot."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Identified, choice
from interviews.models.slots import Slot
from interviews.models.volunteers import Volunteer

if TYPE_CHECKING:
    from interviews.models.calendars import Invitation


class BookingStatus(StrEnum):
    OFFERED = "offered"  # a place in a group session that is kept for somebody on the waiting list for a while
    BOOKED = "booked"
    HAPPENED = "happened"
    NO_SHOW = "no-show"
    CANCELLED = "cancelled"


HOLDING = frozenset(BookingStatus) - {BookingStatus.CANCELLED}  # these have the place
STANDING = frozenset({BookingStatus.BOOKED, BookingStatus.HAPPENED})  # the interview will be or was held
HOLDS_PLACE = text("status <> 'cancelled'")
ONE_INTERVIEW = text("status = 'booked' AND NOT is_group")


class Booking(Identified):
    """A volunteer's hold on a place in a slot. Moving changes the slot and keeps the row, and with it the UID."""

    __tablename__ = "booking"
    __table_args__ = (
        Index(
            "uq_booking_seat",
            "slot_id",
            "seat",
            unique=True,
            sqlite_where=HOLDS_PLACE,
            postgresql_where=HOLDS_PLACE,
        ),
        Index(
            "uq_booking_person",
            "slot_id",
            "volunteer_id",
            unique=True,
            sqlite_where=HOLDS_PLACE,
            postgresql_where=HOLDS_PLACE,
        ),
        Index(
            "uq_booking_volunteer",
            "volunteer_id",
            unique=True,
            sqlite_where=ONE_INTERVIEW,
            postgresql_where=ONE_INTERVIEW,
        ),
        Index("ix_booking_volunteer_id", "volunteer_id"),
        Index("ix_booking_slot_id", "slot_id"),
        CheckConstraint("seat >= 1", name="seat"),
    )

    slot_id: Mapped[UUID] = mapped_column(ForeignKey("slot.id"))
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer.id"))
    seat: Mapped[int] = mapped_column(default=1)  # 1 up to the slot's capacity: so the database settles who comes first
    is_group: Mapped[bool] = mapped_column(default=False)  # as the slot's
    status: Mapped[BookingStatus] = mapped_column(choice(BookingStatus), default=BookingStatus.BOOKED)
    created_at: Mapped[datetime]
    placed_at: Mapped[datetime]  # booked, or moved to where it is now
    offer_expires_at: Mapped[datetime | None]  # of an offered place
    booked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))  # None: by the person
    own_changes: Mapped[int] = mapped_column(default=0)  # how often the person has moved it
    settled_at: Mapped[datetime | None]  # when staff noted that it happened, or that nobody came
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    is_cancelled_by_person: Mapped[bool] = mapped_column(default=False)
    slot: Mapped[Slot] = relationship(back_populates="bookings")
    volunteer: Mapped[Volunteer] = relationship()
    invitations: Mapped[list["Invitation"]] = relationship(back_populates="booking", cascade="all, delete-orphan")


class BookingRules(Identified):
    """What holds for all bookings of one call; a call without a row has the defaults."""

    __tablename__ = "booking_rules"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), unique=True)
    cutoff_hours: Mapped[int] = mapped_column(default=24)  # until then people move and cancel alone
    most_own_changes: Mapped[int] = mapped_column(default=5)  # moves and cancellations of one person
    letter_contact: Mapped[str] = mapped_column(Text, default="")  # in letters: where to ring or write to
    offer_hours: Mapped[int] = mapped_column(default=24)  # how long a freed place waits for one person
    shows_sought: Mapped[bool] = mapped_column(default=False)  # the sign-up form says which groups are still sought
    asks_equality: Mapped[bool] = mapped_column(default=False)  # the sign-up form offers the equality form
