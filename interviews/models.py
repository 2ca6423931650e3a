"""Rows of volunteers, nominations, slots, bookings and the calendar invitations that follow them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import StaffMember
from core.database import Identified, choice
from evidence.models import Call, Contribution, Participant


class VolunteerState(StrEnum):
    OFFERED = "offered"  # signed up; staff have not decided
    ACCEPTED = "accepted"  # may book
    DECLINED = "declined"  # by staff
    WITHDRAWN = "withdrawn"  # by the person


class Volunteer(Identified):
    """A participant's offer to be interviewed for a call, and what they need for it."""

    __tablename__ = "volunteer"
    __table_args__ = (UniqueConstraint("participant_id", "call_id"), UniqueConstraint("call_id", "address_mark"))

    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"), index=True)
    address_mark: Mapped[str] = mapped_column(Text)  # see address_marks.py: one offer to a call from one address
    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id"), unique=True)
    state: Mapped[VolunteerState] = mapped_column(choice(VolunteerState), default=VolunteerState.OFFERED)
    capacity: Mapped[str] = mapped_column(Text, default="")  # in the person's own words
    access_needs: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(Text, default="")
    companion: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    participant: Mapped[Participant] = relationship()
    call: Mapped[Call] = relationship()
    contribution: Mapped[Contribution] = relationship()


class RecentNomination(Identified):
    """That some address was mailed for a nominator, without the address. Forgotten after 30 days."""

    __tablename__ = "recent_nomination"

    address_mark: Mapped[str] = mapped_column(Text, unique=True)
    mailed_at: Mapped[datetime] = mapped_column(index=True)


class SlotKind(StrEnum):
    VIDEO = "video link"
    TELEPHONE = "telephone"
    IN_PERSON = "in person"


OFFERED = text("withdrawn_at IS NULL")


class Slot(Identified):
    """A time that an interviewer offers. A later issue adds capacity for group sessions."""

    __tablename__ = "slot"
    __table_args__ = (
        Index(
            "uq_slot_start",
            "interviewer_id",
            "starts_at",
            unique=True,
            sqlite_where=OFFERED,
            postgresql_where=OFFERED,
        ),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_slot_call", "call_id", "starts_at"),
    )

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"))
    interviewer_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    kind: Mapped[SlotKind] = mapped_column(choice(SlotKind))
    place: Mapped[str] = mapped_column(Text, default="")  # link, or room and address; empty for telephone
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    call: Mapped[Call] = relationship()
    interviewer: Mapped[StaffMember] = relationship()
    bookings: Mapped[list["Booking"]] = relationship(back_populates="slot")


class BookingStatus(StrEnum):
    BOOKED = "booked"
    CANCELLED = "cancelled"


BOOKED = text("status = 'booked'")


class Booking(Identified):
    """A volunteer's hold on a slot. Moving changes the slot and keeps the row, and with it the calendar's UID."""

    __tablename__ = "booking"
    __table_args__ = (
        Index("uq_booking_slot", "slot_id", unique=True, sqlite_where=BOOKED, postgresql_where=BOOKED),
        Index("uq_booking_volunteer", "volunteer_id", unique=True, sqlite_where=BOOKED, postgresql_where=BOOKED),
    )

    slot_id: Mapped[UUID] = mapped_column(ForeignKey("slot.id"))
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer.id"))
    status: Mapped[BookingStatus] = mapped_column(choice(BookingStatus), default=BookingStatus.BOOKED)
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    slot: Mapped[Slot] = relationship(back_populates="bookings")
    volunteer: Mapped[Volunteer] = relationship()
    invitations: Mapped[list["Invitation"]] = relationship(back_populates="booking", cascade="all, delete-orphan")


class Audience(StrEnum):
    VOLUNTEER = "volunteer"
    INTERVIEWER = "interviewer"


class Invitation(Identified):
    """One calendar event of one person. The volunteer's has the booking's id as UID, the interviewer's its own."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("uid", "attendee"),)

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    audience: Mapped[Audience] = mapped_column(choice(Audience))
    staff_member_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    uid: Mapped[str] = mapped_column(Text)
    attendee: Mapped[str] = mapped_column(Text)  # the address invited; a reply counts only from it
    sequence: Mapped[int] = mapped_column(default=0)
    partstat: Mapped[str] = mapped_column(Text, default="NEEDS-ACTION")  # RFC 5545 §3.2.12
    is_cancelled: Mapped[bool] = mapped_column(default=False)
    booking: Mapped[Booking] = relationship(back_populates="invitations")
