"""Sessions of staff as rows, so that each can be listed and ended. The cookie has a token; its hash is stored."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from accounts.models import StaffSession
from core import clock
from core.database import begin_writing, db

IDLE_TIME = timedelta(minutes=60)
LONGEST_TIME = timedelta(hours=12)
SEEN_PRECISION = timedelta(minutes=1)  # `last_seen_at` is written at most so often
MAX_BROWSER_CHARACTERS = 200


def begin(staff_member_id: UUID, *, browser: str = "", is_verified: bool) -> str:
    """Returns the token. `is_verified`: no second factor is needed."""
    token, now = secrets.token_urlsafe(32), clock.now()
    db.session.add(
        StaffSession(
            token_hash=_hash_token(token),
            staff_member_id=staff_member_id,
            browser=browser[:MAX_BROWSER_CHARACTERS],
            created_at=now,
            last_seen_at=now,
            verified_at=now if is_verified else None,
        )
    )
    db.session.flush()
    return token


def find_open(token: str) -> StaffSession | None:
    """None once it was ended, or was not used for an hour, or is twelve hours old."""
    row = db.session.scalars(select(StaffSession).where(StaffSession.token_hash == _hash_token(token))).first()
    return row if row is not None and is_open(row, clock.now()) else None


def is_open(row: StaffSession, now: datetime) -> bool:
    return row.ended_at is None and now < row.last_seen_at + IDLE_TIME and now < row.created_at + LONGEST_TIME


def list_open(staff_member_id: UUID) -> list[StaffSession]:
    now = clock.now()
    query = select(StaffSession).where(StaffSession.staff_member_id == staff_member_id, StaffSession.ended_at.is_(None))
    rows = db.session.scalars(query.order_by(StaffSession.last_seen_at.desc()))
    return [row for row in rows if is_open(row, now)]


def end(row: StaffSession) -> None:
    row.ended_at = row.ended_at or clock.now()
    db.session.flush()


def end_all(staff_member_id: UUID, *, except_id: UUID | None = None) -> None:
    own = StaffSession.staff_member_id == staff_member_id, StaffSession.ended_at.is_(None)
    others = update(StaffSession).where(*own).values(ended_at=clock.now())
    db.session.execute(others if except_id is None else others.where(StaffSession.id != except_id))


def note_use(session_id: UUID, last_seen_at: datetime) -> None:
    """In a transaction of its own: pages only read."""
    now = clock.now()
    if now < last_seen_at + SEEN_PRECISION:
        return
    with begin_writing() as connection:
        connection.execute(update(StaffSession).where(StaffSession.id == session_id).values(last_seen_at=now))


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
