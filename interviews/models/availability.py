"""Rows of when an interviewer can be booked. Slots are made from them: availability/slot_generation.py."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import StaffMember
from core.database import UuidModel, enum_column
from evidence.models import Call, Site
from interviews.models.slots import SlotKind
from interviews.models.volunteers import Gender


class InterviewerProfile(UuidModel):
    __tablename__ = "interviewer_profile"

    interviewer_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"), unique=True)
    zone: Mapped[str] = mapped_column(Text)  # of their weekly patterns
    languages: Mapped[list[Any]] = mapped_column(default=list)  # as volunteers type them; English is not listed
    gender: Mapped[Gender | None] = mapped_column(enum_column(Gender))
    minutes_before: Mapped[int] = mapped_column(default=0)  # kept free around each interview
    minutes_after: Mapped[int] = mapped_column(default=0)
    notice_hours: Mapped[int] = mapped_column(default=24)  # nothing can be booked sooner than that
    most_per_day: Mapped[int] = mapped_column(default=0)  # 0: no limit
    horizon_days: Mapped[int] = mapped_column(default=60)  # nothing can be booked later than that
    slots_generated_on: Mapped[date | None] = mapped_column("unfolded_on")  # last run over the weekly patterns
    interviewer: Mapped[StaffMember] = relationship()


class WeeklyPattern(UuidModel):
    __tablename__ = "weekly_pattern"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("ends > starts", name="ends_after_start"),
    )

    interviewer_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"), index=True)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("site.id", ondelete="SET NULL"))
    weekday: Mapped[int]  # 0 is Monday
    starts: Mapped[time]  # in the interviewer's time zone
    ends: Mapped[time]
    first_on: Mapped[date]
    last_on: Mapped[date | None]  # None: until further notice
    kind: Mapped[SlotKind] = mapped_column(enum_column(SlotKind))
    location: Mapped[str] = mapped_column("place", Text, default="")
    room: Mapped[str] = mapped_column(Text, default="")
    is_step_free: Mapped[bool] = mapped_column(default=False)
    takes_companion: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]  # kept, so that what was booked is still known to come from it
    call: Mapped[Call] = relationship()
    site: Mapped[Site | None] = relationship()


class TimeOff(UuidModel):
    """Only counts for slots of weekly patterns."""

    __tablename__ = "time_off"
    __table_args__ = (CheckConstraint("last_on >= first_on", name="last_after_first"),)

    interviewer_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date]  # included
    starts: Mapped[time | None]  # None: the whole day
    ends: Mapped[time | None]
    note: Mapped[str] = mapped_column(Text, default="")


class BusyFeed(UuidModel):
    """The address of an interviewer's own calendar. Only when they are busy is stored, never why."""

    __tablename__ = "busy_feed"

    interviewer_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"), unique=True)
    address: Mapped[str] = mapped_column(Text)  # secret: anyone who has it can read the calendar
    fetched_at: Mapped[datetime | None]  # last time it was read completely
    tried_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(Text, default="")  # why the last attempt failed, as people read it
    note: Mapped[str] = mapped_column(Text, default="")  # what could not be understood, though it was read


class BusyTime(UuidModel):
    __tablename__ = "busy_time"
    __table_args__ = (Index("ix_busy_time_interviewer", "interviewer_id", "starts_at", "ends_at"),)

    interviewer_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
