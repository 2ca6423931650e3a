"""Of any number of quick workers one sweeps at a time; if it is killed, another one continues when its lease ends."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError

from core import clock
from core.database import db
from core.models import SweepLease

NAME = "sweep"
LEASE_TIME = timedelta(minutes=5)  # renewed before each periodic task


def acquire() -> UUID | None:
    """The token of the lease; None while another worker sweeps."""
    token = uuid4()
    if _update(token, or_(SweepLease.token.is_(None), SweepLease.expires_at <= clock.now())):
        return token
    return token if _insert(token) else None


def renew(token: UUID) -> bool:
    """False: it took so long that another worker sweeps by now."""
    return _update(token, SweepLease.token == token)


def release(token: UUID) -> None:
    db.session.execute(update(SweepLease).where(SweepLease.token == token).values(token=None))
    db.session.commit()


def _update(token: UUID, condition: object) -> bool:
    statement = update(SweepLease).where(SweepLease.name == NAME, condition)  # type: ignore[arg-type]
    changed = db.session.execute(statement.values(token=token, expires_at=clock.now() + LEASE_TIME))
    db.session.commit()
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def _insert(token: UUID) -> bool:
    """The first sweep of an installation."""
    db.session.add(SweepLease(name=NAME, token=token, expires_at=clock.now() + LEASE_TIME))
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return False
    return True
