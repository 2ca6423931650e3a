"""Signed links in mails: random, stored hashed, expiring, revocable. What a link opens is decided elsewhere."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from accounts.models import AccessLink, LinkPurpose
from core import clock
from core.database import db
from core.errors import RuleError


class LinkNotValidError(RuleError):
    """The link is unknown, used up, expired or revoked."""


def create_link(purpose: LinkPurpose, subject_id: UUID, *, expires_at: datetime) -> str:
    """Store a new link and return its token, which is kept nowhere else."""
    token = secrets.token_urlsafe(32)
    row = AccessLink(
        token_hash=_hash_token(token),
        purpose=purpose,
        subject_id=subject_id,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    db.session.add(row)
    db.session.flush()
    return token


def get_valid_link(token: str, purpose: LinkPurpose) -> AccessLink:
    """The link behind a token. Raises LinkNotValidError in words."""
    row = db.session.scalars(
        select(AccessLink).where(AccessLink.token_hash == _hash_token(token), AccessLink.purpose == purpose)
    ).first()
    if row is None or row.revoked_at is not None:
        raise LinkNotValidError(
            "This link is not known here. Please check that you opened all of it, or ask for a new one."
        )
    if row.used_at is not None:
        raise LinkNotValidError("This link has been used already. Please ask for a new one.")
    if row.expires_at <= clock.now():
        raise LinkNotValidError("This link has run out. Please ask for a new one.")
    return row


def is_link_valid(row: AccessLink) -> bool:
    """Whether a link still opens something."""
    return row.revoked_at is None and row.used_at is None and row.expires_at > clock.now()


def find_longest_valid_link(purpose: LinkPurpose, subject_id: UUID) -> AccessLink | None:
    """Of the links to a subject that still work, the one that works longest."""
    query = select(AccessLink).where(
        AccessLink.purpose == purpose,
        AccessLink.subject_id == subject_id,
        AccessLink.revoked_at.is_(None),
        AccessLink.used_at.is_(None),
        AccessLink.expires_at > clock.now(),
    )
    return db.session.scalars(query.order_by(AccessLink.expires_at.desc()).limit(1)).first()


def consume_link(token: str, purpose: LinkPurpose) -> AccessLink:
    """The link behind a token, which works no more afterwards, whoever else tries at the same moment."""
    row = get_valid_link(token, purpose)
    used = db.session.execute(
        update(AccessLink).where(AccessLink.id == row.id, AccessLink.used_at.is_(None)).values(used_at=clock.now())
    )
    if not used.rowcount:  # type: ignore[attr-defined]  # an UPDATE has one
        raise LinkNotValidError("This link has been used already. Please ask for a new one.")
    return row


def revoke_links(purpose: LinkPurpose, subject_id: UUID) -> None:
    db.session.execute(
        update(AccessLink)
        .where(AccessLink.purpose == purpose, AccessLink.subject_id == subject_id, AccessLink.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def extend_links(purpose: LinkPurpose, subject_id: UUID, *, expires_at: datetime) -> None:
    """Let the links to a subject that still work live at least until a moment."""
    db.session.execute(
        update(AccessLink)
        .where(AccessLink.purpose == purpose, AccessLink.subject_id == subject_id, AccessLink.revoked_at.is_(None))
        .where(AccessLink.expires_at > clock.now(), AccessLink.expires_at < expires_at)
        .values(expires_at=expires_at)
    )


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
