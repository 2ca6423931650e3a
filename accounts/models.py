"""Rows of staff, their roles, personal links and the audit log."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.roles import Role
from core.database import Model, UuidModel, enum_column


class StaffMember(UuidModel):
    __tablename__ = "staff_member"

    email: Mapped[str] = mapped_column(Text, unique=True)  # in lower case
    name: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    roles: Mapped[list["StaffRole"]] = relationship(back_populates="staff_member", cascade="all, delete-orphan")


class StaffRole(UuidModel):
    __tablename__ = "staff_role"
    __table_args__ = (UniqueConstraint("staff_member_id", "role"),)

    staff_member_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(enum_column(Role))
    staff_member: Mapped[StaffMember] = relationship(back_populates="roles")


class LinkPurpose(StrEnum):
    SIGN_IN = "sign in"  # of staff: single use, 15 minutes
    OWN_PAGE = "own page"  # of a participant: many uses, revocable
    NOMINATION = "nomination"  # to a nominee, about whom nothing else is stored
    PERSONAL_INVITATION = "personal invitation"  # to someone invited by staff: single use
    CONSENT_PROPOSAL = "consent proposal"  # to a participant, to confirm what staff noted: single use
    NEW_ADDRESS = "new address"  # to an address that a participant wants to use from now on: single use
    UPDATES = "updates"  # to an address that was left to hear what comes next: single use
    OWN_FEED = "own calendar feed"  # of a staff member: many uses, revocable
    RECEIPT = "receipt"  # of a withdrawal: many uses, for a year
    WHOLE_FEED = "whole calendar feed"  # every interview, for a coordinator


class AccessLink(UuidModel):
    """Only the hash of its token is stored, so that a copy of the database opens nothing."""

    __tablename__ = "link"
    __table_args__ = (Index("ix_link_subject", "purpose", "subject_id"),)

    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    purpose: Mapped[LinkPurpose] = mapped_column(enum_column(LinkPurpose))
    subject_id: Mapped[UUID]  # the staff member, participant or call that the link is about
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ActorKind(StrEnum):
    STAFF = "staff"
    PARTICIPANT = "participant"
    SYSTEM = "system"


class AuditEntry(Model):
    """Who did what to which row; never anything a participant said."""

    __tablename__ = "audit_entry"

    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_kind: Mapped[ActorKind] = mapped_column(enum_column(ActorKind))
    actor_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(Text)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID | None] = mapped_column(index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seal_number: Mapped[int | None] = mapped_column(index=True)  # of the AuditSeal that covers it


class AuditSeal(Model):
    """Once a minute, over all rows without one and the seal before. A chain that is written at insert would fork."""

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_at: Mapped[datetime]
    entry_count: Mapped[int]
    digest: Mapped[str] = mapped_column(Text)


class AccessRecord(UuidModel):
    """Who opened what in which hour, and how often."""

    __tablename__ = "access_record"
    __table_args__ = (
        UniqueConstraint("actor_id", "action", "subject_id", "hour"),
        Index("ix_access_record_hour", "hour"),
        Index("ix_access_record_subject_id", "subject_id"),
    )

    actor_id: Mapped[UUID]
    action: Mapped[str] = mapped_column(Text)  # the endpoint, or what was refused
    subject_id: Mapped[UUID]  # zero where the address names nothing
    hour: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=1)


class StaffSession(UuidModel):
    """Signed in, in one browser. Its cookie has a token of which only the hash is stored."""

    __tablename__ = "staff_session"

    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    staff_member_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"), index=True)
    browser: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]  # with the second factor, or because none is needed


class SecondFactor(Model):
    """An app that shows six digits (RFC 6238). Its secret is encrypted with a key made from our secret key."""

    __tablename__ = "second_factor"

    staff_member_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"), primary_key=True)
    encrypted_secret: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)  # a code works once
    failed_count: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]


class RecoveryCode(UuidModel):
    __tablename__ = "recovery_code"

    staff_member_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(Text)
    used_at: Mapped[datetime | None]
