"""Rows of calendar invitations and of the replies to them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import UuidModel, enum_column
from interviews.models.bookings import Booking
from interviews.models.slots import Slot


class InviteeRole(StrEnum):
    VOLUNTEER = "volunteer"
    INTERVIEWER = "interviewer"


class Invitation(UuidModel):
    """One calendar event of one person. The volunteer's has the booking's id as UID, the interviewer's its own.

    It is about a booking or, for the host of a group session, about the slot.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("uid", "attendee"),
        CheckConstraint("(booking_id IS NULL) <> (slot_id IS NULL)", name="one_subject"),
    )

    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    slot_id: Mapped[UUID | None] = mapped_column(ForeignKey("slot.id", ondelete="CASCADE"), index=True)
    invitee_role: Mapped[InviteeRole] = mapped_column("audience", enum_column(InviteeRole))
    staff_member_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    uid: Mapped[str] = mapped_column(Text)
    attendee: Mapped[str] = mapped_column(Text)  # the address invited; a reply counts only from it
    sequence: Mapped[int] = mapped_column(default=0)
    partstat: Mapped[str] = mapped_column(Text, default="NEEDS-ACTION")  # RFC 5545 §3.2.12
    is_cancelled: Mapped[bool] = mapped_column(default=False)
    mail_id: Mapped[UUID | None]  # of the newest outbox message about it
    delivery_failure: Mapped[str] = mapped_column(Text, default="")  # why that email, or a reminder, did not arrive
    booking: Mapped[Booking | None] = relationship(back_populates="invitations")
    slot: Mapped[Slot | None] = relationship()


class ReplyState(StrEnum):
    RECORDED = "noted"
    PROPOSED = "proposed"  # another time, on which staff have not decided
    ACCEPTED = "taken up"
    DECLINED = "refused"
    OUTDATED = "outdated"  # the interview has moved or was cancelled since


class CalendarReply(UuidModel):
    __tablename__ = "calendar_reply"

    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"), index=True)
    state: Mapped[ReplyState] = mapped_column(enum_column(ReplyState), default=ReplyState.RECORDED)
    method: Mapped[str] = mapped_column(Text)  # of the calendar object: REPLY or COUNTER
    partstat: Mapped[str] = mapped_column(Text)
    sequence: Mapped[int]
    proposed_start: Mapped[datetime | None]
    proposed_end: Mapped[datetime | None]
    comment: Mapped[str] = mapped_column(Text, default="")
    stamped_at: Mapped[datetime | None]  # when the calendar wrote it; of two with one SEQUENCE, the later counts
    received_at: Mapped[datetime]
    invitation: Mapped[Invitation] = relationship()


class ReceivedMail(UuidModel):
    """That a mail was read, so that it is not read twice. Its text is not stored."""

    __tablename__ = "received_mail"

    content_hash: Mapped[str] = mapped_column("mark", Text, unique=True)  # a hash of the whole mail
    outcome: Mapped[str] = mapped_column(Text)  # as people read it, without the content of the mail
    received_at: Mapped[datetime] = mapped_column(index=True)
