"""Search what staff and participants did, and what staff opened. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from accounts.models import AccessRecord, AuditEntry
from core.database import db
from core.settings import current_settings

PAGE_LENGTH = 50
MAX_DOWNLOADED = 200_000  # lines
LOG_KINDS = ("actions", "views")


@dataclass(frozen=True, slots=True)
class LogFilter:
    """`subject_id`: of the row that it is about."""

    actor_id: UUID | None = None
    word: str = ""
    subject_id: UUID | None = None
    since: date | None = None
    until: date | None = None  # with this day


@dataclass(frozen=True, slots=True)
class LogLine:
    at: datetime
    actor_id: UUID | None
    action: str
    subject: str
    details: str


def list_lines(kind: str, chosen: LogFilter, page: int) -> tuple[list[LogLine], bool]:
    """Newest first; also whether this is the last page."""
    rows = list(_iter_lines(kind, chosen, offset=(page - 1) * PAGE_LENGTH, limit=PAGE_LENGTH + 1))
    return rows[:PAGE_LENGTH], len(rows) <= PAGE_LENGTH


def iter_all_lines(kind: str, chosen: LogFilter) -> Iterator[LogLine]:
    return _iter_lines(kind, chosen, offset=0, limit=MAX_DOWNLOADED)


def _iter_lines(kind: str, chosen: LogFilter, *, offset: int, limit: int) -> Iterator[LogLine]:
    if kind == "views":
        views = _select_views(chosen).offset(offset).limit(limit)
        for view in db.session.scalars(views.execution_options(yield_per=500)):
            subject = str(view.subject_id) if view.subject_id.int else ""
            yield LogLine(view.hour, view.actor_id, view.action, subject, f"{view.count} times within the hour")
        return
    for entry in db.session.scalars(
        _select_actions(chosen).offset(offset).limit(limit).execution_options(yield_per=500)
    ):
        subject = f"{entry.subject_kind} {entry.subject_id}" if entry.subject_id else ""
        details = ", ".join(f"{name}: {value}" for name, value in entry.details.items())
        yield LogLine(entry.at, entry.actor_id, entry.action, subject, details)


def _select_actions(chosen: LogFilter) -> Select[AuditEntry]:
    query = select(AuditEntry).order_by(AuditEntry.number.desc())
    if chosen.actor_id is not None:
        query = query.where(AuditEntry.actor_id == chosen.actor_id)
    if chosen.subject_id is not None:
        query = query.where(AuditEntry.subject_id == chosen.subject_id)
    if chosen.word:
        query = query.where(AuditEntry.action.icontains(chosen.word, autoescape=True))
    for edge, is_first in _list_edges(chosen):
        query = query.where(AuditEntry.at >= edge if is_first else AuditEntry.at < edge)
    return query


def _select_views(chosen: LogFilter) -> Select[AccessRecord]:
    query = select(AccessRecord).order_by(AccessRecord.hour.desc(), AccessRecord.id)
    if chosen.actor_id is not None:
        query = query.where(AccessRecord.actor_id == chosen.actor_id)
    if chosen.subject_id is not None:
        query = query.where(AccessRecord.subject_id == chosen.subject_id)
    if chosen.word:
        query = query.where(AccessRecord.action.icontains(chosen.word, autoescape=True))
    for edge, is_first in _list_edges(chosen):
        query = query.where(AccessRecord.hour >= edge if is_first else AccessRecord.hour < edge)
    return query


def _list_edges(chosen: LogFilter) -> list[tuple[datetime, bool]]:
    zone = ZoneInfo(current_settings().default_zone)
    first = [(datetime.combine(chosen.since, time(), zone), True)] if chosen.since else []
    last = [(datetime.combine(chosen.until + timedelta(days=1), time(), zone), False)] if chosen.until else []
    return first + last
