"""Rows of people who sign up for an interview, are invited or are nominated."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import UuidModel, enum_column
from evidence.models import Call, Contribution, Participant, Site

if TYPE_CHECKING:
    from interviews.models.bookings import Booking


class VolunteerState(StrEnum):
    SIGNED_UP = "offered"  # signed up; staff have not decided
    ACCEPTED = "accepted"  # may book
    DECLINED = "declined"  # by staff
    WITHDRAWN = "withdrawn"  # by the person


class Gender(StrEnum):
    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"


class Volunteer(UuidModel):
    """A participant's offer to be interviewed for a call, and what they need for it."""

    __tablename__ = "volunteer"
    __table_args__ = (UniqueConstraint("participant_id", "call_id"), UniqueConstraint("call_id", "address_mark"))

    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"), index=True)
    address_hash: Mapped[str] = mapped_column(
        "address_mark", Text
    )  # one sign-up to a call from one address: address_hashes.py
    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id"), unique=True)
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.id", ondelete="SET NULL"))
    state: Mapped[VolunteerState] = mapped_column(enum_column(VolunteerState), default=VolunteerState.SIGNED_UP)
    capacity: Mapped[str] = mapped_column(Text, default="")  # as the person wrote it
    capacity_key: Mapped[str] = mapped_column(Text, default="")  # the one of the call's targets that it counts for
    access_needs: Mapped[str] = mapped_column(Text, default="")
    needs_step_free: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(Text, default="")  # empty: English
    needs_interpreter: Mapped[bool] = mapped_column(default=False)
    companion: Mapped[str] = mapped_column(Text, default="")
    preferred_gender: Mapped[Gender | None] = mapped_column(enum_column(Gender))  # of the interviewer
    zone: Mapped[str] = mapped_column(Text, default="")  # empty: the call's
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    participant: Mapped[Participant] = relationship()
    call: Mapped[Call] = relationship()
    contribution: Mapped[Contribution] = relationship()
    site: Mapped[Site | None] = relationship()


class RecentNomination(UuidModel):
    """That an address was emailed for a nominator, without the address. Deleted after 30 days."""

    __tablename__ = "recent_nomination"

    address_hash: Mapped[str] = mapped_column("address_mark", Text, unique=True)
    mailed_at: Mapped[datetime] = mapped_column(index=True)


class PersonalInvitation(UuidModel):
    """A single-use link for one invited person, who may book without waiting to be accepted."""

    __tablename__ = "personal_invitation"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), index=True)
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.id", ondelete="SET NULL"))
    email: Mapped[str] = mapped_column(Text)  # empty once used: the person's contact has it then
    mail_id: Mapped[UUID | None]  # of the outbox message, a draft until somebody releases it
    created_by: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    created_at: Mapped[datetime]
    volunteer_id: Mapped[UUID | None] = mapped_column(ForeignKey("volunteer.id", ondelete="SET NULL"))  # None: not used
    withdrawn_at: Mapped[datetime | None]
    call: Mapped[Call] = relationship()
    site: Mapped[Site | None] = relationship()
    volunteer: Mapped[Volunteer | None] = relationship()


class MessageToStaff(UuidModel):
    """What a volunteer writes when they can no longer move or cancel themselves. Read on staff pages, never emailed."""

    __tablename__ = "message_to_staff"

    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"), index=True)
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("booking.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    read_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    volunteer: Mapped[Volunteer] = relationship()
    booking: Mapped["Booking | None"] = relationship()
