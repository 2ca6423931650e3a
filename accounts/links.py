"""Personal links in emails: random, stored hashed, expiring, revocable. What a link opens is decided elsewhere."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from accounts.models import AccessLink, LinkPurpose
from core import clock
from core.database import db
from core.errors import RuleError


class LinkNotValidError(RuleError): ...


def create_link(purpose: LinkPurpose, subject_id: UUID, *, expires_at: datetime) -> str:
    """Returns the token, which is not stored."""
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
    row = db.session.scalars(
        select(AccessLink).where(AccessLink.token_hash == _hash_token(token), AccessLink.purpose == purpose)
    ).first()
    if row is None or row.revoked_at is not None:
        raise LinkNotValidError("We do not recognise this link. Check that you copied all of it, or ask for a new one.")
    if row.used_at is not None:
        raise LinkNotValidError("This link has already been used. Ask for a new one.")
    if row.expires_at <= clock.now():
        raise LinkNotValidError("This link has expired. Ask for a new one.")
    return row


def is_link_valid(row: AccessLink) -> bool:
    return row.revoked_at is None and row.used_at is None and row.expires_at > clock.now()


def find_longest_valid_link(purpose: LinkPurpose, subject_id: UUID) -> AccessLink | None:
    query = select(AccessLink).where(
        AccessLink.purpose == purpose,
        AccessLink.subject_id == subject_id,
        AccessLink.revoked_at.is_(None),
        AccessLink.used_at.is_(None),
        AccessLink.expires_at > clock.now(),
    )
    return db.session.scalars(query.order_by(AccessLink.expires_at.desc()).limit(1)).first()


def consume_link(token: str, purpose: LinkPurpose) -> AccessLink:
    """Use a link once, even if it is opened twice at the same moment. Raises LinkNotValidError."""
    row = get_valid_link(token, purpose)
    used = db.session.execute(
        update(AccessLink).where(AccessLink.id == row.id, AccessLink.used_at.is_(None)).values(used_at=clock.now())
    )
    if not used.rowcount:  # type: ignore[attr-defined]  # an UPDATE has one
        raise LinkNotValidError("This link has already been used. Ask for a new one.")
    return row


def revoke_links(purpose: LinkPurpose, subject_id: UUID) -> None:
    db.session.execute(
        update(AccessLink)
        .where(AccessLink.purpose == purpose, AccessLink.subject_id == subject_id, AccessLink.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def extend_links(purpose: LinkPurpose, subject_id: UUID, *, expires_at: datetime) -> None:
    db.session.execute(
        update(AccessLink)
        .where(AccessLink.purpose == purpose, AccessLink.subject_id == subject_id, AccessLink.revoked_at.is_(None))
        .where(AccessLink.expires_at > clock.now(), AccessLink.expires_at < expires_at)
        .values(expires_at=expires_at)
    )


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
