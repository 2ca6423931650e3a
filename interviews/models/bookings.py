"""Rows of bookings: who has a slot, or a seat in a group session."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Text, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import UuidModel, enum_column
from interviews.models.slots import Slot
from interviews.models.volunteers import Volunteer

if TYPE_CHECKING:
    from interviews.models.invitations import Invitation


class BookingStatus(StrEnum):
    OFFERED = "offered"  # a seat in a group session, kept for somebody on the waitlist for a while
    BOOKED = "booked"
    COMPLETED = "happened"
    NO_SHOW = "no-show"
    CANCELLED = "cancelled"


OCCUPYING_STATUSES = frozenset(BookingStatus) - {BookingStatus.CANCELLED}  # these have the seat
UPCOMING_OR_COMPLETED_STATUSES = frozenset({BookingStatus.BOOKED, BookingStatus.COMPLETED})
OCCUPIES_SEAT = text("status <> 'cancelled'")
IS_BOOKED_ONE_TO_ONE = text("status = 'booked' AND NOT is_group")


class Booking(UuidModel):
    """Moving changes the slot and keeps the row, and with it the UID."""

    __tablename__ = "booking"
    __table_args__ = (
        Index(
            "uq_booking_seat",
            "slot_id",
            "seat",
            unique=True,
            sqlite_where=OCCUPIES_SEAT,
            postgresql_where=OCCUPIES_SEAT,
        ),
        Index(
            "uq_booking_person",
            "slot_id",
            "volunteer_id",
            unique=True,
            sqlite_where=OCCUPIES_SEAT,
            postgresql_where=OCCUPIES_SEAT,
        ),
        Index(
            "uq_booking_volunteer",
            "volunteer_id",
            unique=True,
            sqlite_where=IS_BOOKED_ONE_TO_ONE,
            postgresql_where=IS_BOOKED_ONE_TO_ONE,
        ),
        Index("ix_booking_volunteer_id", "volunteer_id"),
        Index("ix_booking_slot_id", "slot_id"),
        CheckConstraint("seat >= 1", name="seat"),
    )

    slot_id: Mapped[UUID] = mapped_column(ForeignKey("slot.id"))
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer.id"))
    seat: Mapped[int] = mapped_column(default=1)  # 1 up to the slot's capacity: so the database settles who comes first
    is_group: Mapped[bool] = mapped_column(default=False)  # as the slot's
    status: Mapped[BookingStatus] = mapped_column(enum_column(BookingStatus), default=BookingStatus.BOOKED)
    created_at: Mapped[datetime]
    slot_chosen_at: Mapped[datetime] = mapped_column("placed_at")  # booked, or moved to where it is now
    offer_expires_at: Mapped[datetime | None]  # while offered
    booked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))  # None: by the person
    self_service_changes: Mapped[int] = mapped_column("own_changes", default=0)  # how often the person has moved it
    outcome_recorded_at: Mapped[datetime | None] = mapped_column("settled_at")  # by staff: completed, or no-show
    outcome_recorded_by: Mapped[UUID | None] = mapped_column("settled_by", ForeignKey("staff_member.id"))
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    is_cancelled_by_person: Mapped[bool] = mapped_column(default=False)
    slot: Mapped[Slot] = relationship(back_populates="bookings")
    volunteer: Mapped[Volunteer] = relationship()
    invitations: Mapped[list["Invitation"]] = relationship(back_populates="booking", cascade="all, delete-orphan")

    @hybrid_property
    def is_confirmed_one_to_one(self) -> bool:
        return self.status in UPCOMING_OR_COMPLETED_STATUSES and not self.is_group

    @is_confirmed_one_to_one.inplace.expression
    @classmethod
    def _is_confirmed_one_to_one(cls) -> ColumnElement[bool]:
        return cls.status.in_(UPCOMING_OR_COMPLETED_STATUSES) & cls.is_group.is_(False)


class BookingPolicy(UuidModel):
    __tablename__ = "booking_rules"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), unique=True)
    cutoff_hours: Mapped[int] = mapped_column(default=24)  # until then people move and cancel themselves
    # Moves and cancellations of one person.
    max_self_service_changes: Mapped[int] = mapped_column("most_own_changes", default=5)
    letter_contact: Mapped[str] = mapped_column(Text, default="")  # in letters: how to reach staff
    offer_hours: Mapped[int] = mapped_column(default=24)  # how long a free seat is kept for one person
    # The sign-up form says which groups are still needed.
    shows_open_targets: Mapped[bool] = mapped_column("shows_sought", default=False)
    asks_equality: Mapped[bool] = mapped_column(default=False)  # the sign-up form offers the equality form
