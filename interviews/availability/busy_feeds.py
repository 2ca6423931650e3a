"""Interviewers' own calendars, of which only the busy times are kept. Fetched by tasks.py; callers commit."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, insert, or_, select

from accounts import audit
from accounts.models import StaffMember
from core import clock, jobs
from core.database import db
from core.models import ACTIVE_JOB_STATES, Job
from core.settings import current_settings
from interviews.availability.busy import Reading
from interviews.availability.fetching import check_address
from interviews.availability.intervals import Interval
from interviews.availability.profiles import profile_of
from interviews.holding import hold
from interviews.models import BusyFeed, BusyTime

READ_FEED = "read busy feed"
PAUSE = timedelta(minutes=15)
BEFORE_NOW = timedelta(days=1)
UNKNOWN_ZONES = "Some events name a time zone that nobody knows. We read them on your own clocks."


@dataclass(frozen=True, slots=True)
class FeedOrder:
    """What the worker needs to fetch one feed, read before the slow part begins."""

    address: str = field(repr=False)
    zone: str
    window: Interval
    own_host: str
    allowed_hosts: tuple[str, ...]


def feed_of(interviewer_id: UUID) -> BusyFeed | None:
    return db.session.scalars(select(BusyFeed).where(BusyFeed.interviewer_id == interviewer_id)).first()


def connect(interviewer: StaffMember, address: str) -> BusyFeed:
    """Read a calendar from now on, in place of the one before. Raises FeedError, also for a private address."""
    check_address(address, current_settings().feed_hosts)
    hold(interviewer)
    feed = feed_of(interviewer.id)
    if feed is None:
        feed = BusyFeed(interviewer_id=interviewer.id)
        db.session.add(feed)
    elif feed.address != address.strip():
        _forget_times(interviewer.id)
    feed.address = address.strip()
    feed.fetched_at, feed.tried_at, feed.failure, feed.note = None, None, "", ""
    db.session.flush()
    audit.record("busy feed connected", feed)
    jobs.request(READ_FEED, feed.id)
    return feed


def disconnect(interviewer: StaffMember) -> None:
    """The address and everything read from it are forgotten."""
    hold(interviewer)
    feed = feed_of(interviewer.id)
    if feed is not None:
        audit.record("busy feed disconnected", feed)
        db.session.delete(feed)
    _forget_times(interviewer.id)
    db.session.flush()


def read_now(feed: BusyFeed) -> None:
    """Without waiting for the next time."""
    jobs.request(READ_FEED, feed.id)


def server_of(address: str) -> str:
    """All that is ever shown of an address: the rest is secret."""
    return urlsplit(address).hostname or ""


def next_due() -> BusyFeed | None:
    """The feed that has waited longest, if it has waited long enough."""
    is_due = or_(BusyFeed.tried_at.is_(None), BusyFeed.tried_at <= clock.now() - PAUSE)
    belongs_here = select(StaffMember.id).where(StaffMember.id == BusyFeed.interviewer_id, StaffMember.is_active)
    wanted = select(BusyFeed).where(is_due, belongs_here.exists())
    return db.session.scalars(wanted.order_by(BusyFeed.tried_at.nulls_first(), BusyFeed.id).limit(1)).first()


def is_reading(apart_from: UUID | None = None) -> bool:
    """Whether another job reads a feed or is about to: one after the other, so that mails keep a worker."""
    active = select(Job.id).where(Job.name == READ_FEED, Job.state.in_(ACTIVE_JOB_STATES))
    if apart_from is not None:
        active = active.where(Job.id != apart_from)
    return db.session.scalars(active.limit(1)).first() is not None


def begin(feed_id: UUID) -> FeedOrder | None:
    """Note that a feed is tried now. None when it is gone."""
    feed = db.session.get(BusyFeed, feed_id)
    if feed is None:
        return None
    now, settings = clock.now(), current_settings()
    feed.tried_at = now
    profile = profile_of(feed.interviewer_id)
    window = Interval(now - BEFORE_NOW, now + timedelta(days=profile.horizon_days + 2))
    return FeedOrder(feed.address, profile.zone, window, settings.mail_host, settings.feed_hosts)


def store(feed_id: UUID, order: FeedOrder, reading: Reading) -> None:
    """Put what was read in place of what was known; not if the address was changed meanwhile."""
    feed = _same_feed(feed_id, order)
    if feed is None:
        return
    feed.fetched_at, feed.failure = clock.now(), ""
    feed.note = UNKNOWN_ZONES if reading.has_unknown_zones else ""
    known = select(BusyTime.starts_at, BusyTime.ends_at).where(BusyTime.interviewer_id == feed.interviewer_id)
    if sorted((row.starts_at, row.ends_at) for row in db.session.execute(known)) == [
        (one.starts_at, one.ends_at) for one in reading.busy
    ]:
        return
    _forget_times(feed.interviewer_id)
    rows = [
        {"interviewer_id": feed.interviewer_id, "starts_at": one.starts_at, "ends_at": one.ends_at}
        for one in reading.busy
    ]
    if rows:
        db.session.execute(insert(BusyTime), rows)


def note_failure(feed_id: UUID, order: FeedOrder, words: str) -> None:
    """The busy times that are known stay."""
    feed = _same_feed(feed_id, order)
    if feed is not None:
        feed.failure = words


def _same_feed(feed_id: UUID, order: FeedOrder) -> BusyFeed | None:
    feed = db.session.get(BusyFeed, feed_id)
    return feed if feed is not None and feed.address == order.address else None


def _forget_times(interviewer_id: UUID) -> None:
    db.session.execute(delete(BusyTime).where(BusyTime.interviewer_id == interviewer_id))
