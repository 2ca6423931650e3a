"""What outside the program stopped a request or a job: the database, or the disk."""

import errno
from enum import StrEnum

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class Outage(StrEnum):
    """The reason, as people read it."""

    DATABASE_BUSY = "Many people are using the service at this moment, and saving took too long."
    DATABASE_UNREACHABLE = "The database does not answer. It may be restarting."
    DISK_FULL = "The disk of the service is full, so nothing can be saved."
    DISK_READ_ONLY = "The disk of the service cannot be written to, so nothing can be saved."


RETRY_AFTER_SECONDS = {
    Outage.DATABASE_BUSY: 10,
    Outage.DATABASE_UNREACHABLE: 30,
    Outage.DISK_FULL: 600,
    Outage.DISK_READ_ONLY: 600,
}
BUSY_SQLSTATES = {"55P03", "40001", "40P01", "53300"}  # lock_not_available, serialization, deadlock, connections
DISK_FULL_SQLSTATES = {"53100"}
READ_ONLY_SQLSTATES = {"25006"}
UNREACHABLE_SQLSTATE_CLASSES = ("08", "57P")  # connection exceptions; shutdown and start
SQLITE_MESSAGES = {
    "database is locked": Outage.DATABASE_BUSY,
    "database table is locked": Outage.DATABASE_BUSY,
    "is full": Outage.DISK_FULL,
    "readonly database": Outage.DISK_READ_ONLY,
    "disk i/o error": Outage.DISK_READ_ONLY,
    "unable to open database file": Outage.DATABASE_UNREACHABLE,
}
OUTAGE_BY_ERRNO = {
    errno.ENOSPC: Outage.DISK_FULL,
    errno.EDQUOT: Outage.DISK_FULL,
    errno.EROFS: Outage.DISK_READ_ONLY,
    errno.EIO: Outage.DISK_READ_ONLY,
}


def find_outage(error: BaseException) -> Outage | None:
    """None: the error is a fault of the program, or of what was sent."""
    if isinstance(error, OSError):
        return OUTAGE_BY_ERRNO.get(error.errno or 0)
    if isinstance(error, PoolTimeoutError):
        return Outage.DATABASE_BUSY
    if isinstance(error, DBAPIError):
        return _find_database_outage(error)
    return None


def _find_database_outage(error: DBAPIError) -> Outage | None:
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return _find_postgres_outage(state)
    message = str(error.orig).lower()
    found = next((outage for text, outage in SQLITE_MESSAGES.items() if text in message), None)
    if found is None and (error.connection_invalidated or "connection" in message):
        return Outage.DATABASE_UNREACHABLE
    return found


def _find_postgres_outage(state: str) -> Outage | None:
    if state in BUSY_SQLSTATES:
        return Outage.DATABASE_BUSY
    if state in DISK_FULL_SQLSTATES:
        return Outage.DISK_FULL
    if state in READ_ONLY_SQLSTATES:
        return Outage.DISK_READ_ONLY
    return Outage.DATABASE_UNREACHABLE if state.startswith(UNREACHABLE_SQLSTATE_CLASSES) else None
