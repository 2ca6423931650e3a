"""Interviewers' own calendars, of which only the busy times are stored. Fetched by tasks.py; callers commit."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, insert, or_, select

from accounts import audit
from accounts.models import StaffMember
from core import clock, jobs
from core.database import db
from core.locks import lock_row
from core.models import ACTIVE_JOB_STATES, Job
from core.settings import current_settings
from interviews.availability.busy_parser import ParsedBusyTimes
from interviews.availability.feed_fetcher import check_address
from interviews.availability.intervals import Interval
from interviews.availability.profiles import get_profile
from interviews.models import BusyFeed, BusyTime

READ_FEED_JOB = "read busy feed"
READ_INTERVAL = timedelta(minutes=15)
WINDOW_BEFORE_NOW = timedelta(days=1)
UNKNOWN_ZONES_NOTE = "Some events have an unknown time zone. We used your own time zone for them."


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """What the worker needs to fetch one feed, read before the slow part begins."""

    address: str = field(repr=False)
    zone: str
    window: Interval
    own_host: str
    allowed_hosts: tuple[str, ...]


def find_feed(interviewer_id: UUID) -> BusyFeed | None:
    return db.session.scalars(select(BusyFeed).where(BusyFeed.interviewer_id == interviewer_id)).first()


def connect_feed(interviewer: StaffMember, address: str) -> BusyFeed:
    """Replaces the interviewer's previous feed. Raises FeedError, also for a private address."""
    check_address(address, current_settings().feed_hosts)
    lock_row(interviewer)
    feed = find_feed(interviewer.id)
    if feed is None:
        feed = BusyFeed(interviewer_id=interviewer.id)
        db.session.add(feed)
    elif feed.address != address.strip():
        _delete_busy_times(interviewer.id)
    feed.address = address.strip()
    feed.fetched_at, feed.tried_at, feed.failure, feed.note = None, None, "", ""
    db.session.flush()
    audit.record("busy feed connected", feed)
    jobs.enqueue(READ_FEED_JOB, feed.id)
    return feed


def disconnect_feed(interviewer: StaffMember) -> None:
    lock_row(interviewer)
    feed = find_feed(interviewer.id)
    if feed is not None:
        audit.record("busy feed disconnected", feed)
        db.session.delete(feed)
    _delete_busy_times(interviewer.id)
    db.session.flush()


def request_read(feed: BusyFeed) -> None:
    jobs.enqueue(READ_FEED_JOB, feed.id)


def get_server_name(address: str) -> str:
    """The only part of an address that may be shown: the rest is secret."""
    return urlsplit(address).hostname or ""


def find_next_due_feed() -> BusyFeed | None:
    is_due = or_(BusyFeed.tried_at.is_(None), BusyFeed.tried_at <= clock.now() - READ_INTERVAL)
    is_interviewer_active = select(StaffMember.id).where(
        StaffMember.id == BusyFeed.interviewer_id, StaffMember.is_active
    )
    query = select(BusyFeed).where(is_due, is_interviewer_active.exists())
    return db.session.scalars(query.order_by(BusyFeed.tried_at.nulls_first(), BusyFeed.id).limit(1)).first()


def is_read_pending(except_job_id: UUID | None = None) -> bool:
    """Only one job reads feeds at a time, so that email keeps a worker."""
    active = select(Job.id).where(Job.name == READ_FEED_JOB, Job.state.in_(ACTIVE_JOB_STATES))
    if except_job_id is not None:
        active = active.where(Job.id != except_job_id)
    return db.session.scalars(active.limit(1)).first() is not None


def begin_attempt(feed_id: UUID) -> FeedRequest | None:
    feed = db.session.get(BusyFeed, feed_id)
    if feed is None:
        return None
    now, settings = clock.now(), current_settings()
    feed.tried_at = now
    profile = get_profile(feed.interviewer_id)
    window = Interval(now - WINDOW_BEFORE_NOW, now + timedelta(days=profile.horizon_days + 2))
    return FeedRequest(feed.address, profile.zone, window, settings.mail_host, settings.feed_hosts)


def store_busy_times(feed_id: UUID, feed_request: FeedRequest, parsed: ParsedBusyTimes) -> None:
    feed = _find_unchanged_feed(feed_id, feed_request)
    if feed is None:
        return
    feed.fetched_at, feed.failure = clock.now(), ""
    feed.note = build_note(parsed)
    known = select(BusyTime.starts_at, BusyTime.ends_at).where(BusyTime.interviewer_id == feed.interviewer_id)
    if sorted((row.starts_at, row.ends_at) for row in db.session.execute(known)) == [
        (one.starts_at, one.ends_at) for one in parsed.busy
    ]:
        return
    _delete_busy_times(feed.interviewer_id)
    rows = [
        {"interviewer_id": feed.interviewer_id, "starts_at": one.starts_at, "ends_at": one.ends_at}
        for one in parsed.busy
    ]
    if rows:
        db.session.execute(insert(BusyTime), rows)


def build_note(parsed: ParsedBusyTimes) -> str:
    """What could not be understood, for the interviewer. Empty: everything was understood."""
    notes = [UNKNOWN_ZONES_NOTE] if parsed.has_unknown_zones else []
    if parsed.unreadable_parts:
        notes.append(format_unreadable_parts(parsed.unreadable_parts))
    return " ".join(notes)


def format_unreadable_parts(number: int) -> str:
    has_parts = "has 1 part" if number == 1 else f"has {number} parts"
    return f"The calendar {has_parts} that could not be read. You may be busy at times that are not shown as busy here."


def record_failure(feed_id: UUID, feed_request: FeedRequest, message: str) -> None:
    feed = _find_unchanged_feed(feed_id, feed_request)
    if feed is not None:
        feed.failure = message


def _find_unchanged_feed(feed_id: UUID, feed_request: FeedRequest) -> BusyFeed | None:
    feed = db.session.get(BusyFeed, feed_id)
    return feed if feed is not None and feed.address == feed_request.address else None


def _delete_busy_times(interviewer_id: UUID) -> None:
    db.session.execute(delete(BusyTime).where(BusyTime.interviewer_id == interviewer_id))
