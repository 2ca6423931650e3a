"""Rows of reminders, of a call's own wordings, and of mass mail."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import UuidModel, enum_column
from evidence.models import Call, Site
from interviews.models.invitations import Invitation


class ReminderTime(UuidModel):
    __tablename__ = "reminder_time"
    __table_args__ = (UniqueConstraint("call_id", "minutes_before"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    minutes_before: Mapped[int]
    active_since: Mapped[datetime] = mapped_column("since")  # reminders that would have been due earlier do not exist


class ReminderState(StrEnum):
    QUEUED = "queued"  # its mail is in the outbox, which knows whether it was sent
    MISSED = "missed"  # its time had passed before the worker got to it
    UNREACHABLE = "unreachable"  # there is no address to send it to


class Reminder(UuidModel):
    """One reminder that became due. Upcoming ones are calculated, not stored: reminders/reminders.py."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("invitation_id", "starts_at", "minutes_before"),)

    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]  # of the interview: one that moved is reminded of again
    minutes_before: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[ReminderState] = mapped_column(enum_column(ReminderState))
    mail_id: Mapped[UUID | None]  # of the outbox message
    invitation: Mapped[Invitation] = relationship()


class NoticeWording(UuidModel):
    """A call's own text for a kind of mail, instead of ours. Kinds and placeholders: wordings/wordings.py."""

    __tablename__ = "notice_wording"
    __table_args__ = (UniqueConstraint("call_id", "kind"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]


class MassMailState(StrEnum):
    DRAFT = "draft"
    RELEASED = "released"
    DISCARDED = "discarded"


class MassMail(UuidModel):
    """One text to many people, each in their own mail. Nothing is sent before it is released."""

    __tablename__ = "mass_mail"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), index=True)
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.id", ondelete="SET NULL"))
    audience: Mapped[str] = mapped_column(Text)  # mass_mail/audiences.py
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[MassMailState] = mapped_column(enum_column(MassMailState), default=MassMailState.DRAFT)
    written_by: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    call: Mapped[Call] = relationship()
    site: Mapped[Site | None] = relationship()
