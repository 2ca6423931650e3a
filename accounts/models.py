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
