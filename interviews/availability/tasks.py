"""What the quick worker does for availability: keep times ahead, read busy times. Decides nothing."""

from accounts.models import StaffMember
from core import jobs
from core.database import db, only_reading
from core.leases import Work
from core.models import Queue
from interviews.availability import busy_feeds, unfolding
from interviews.availability.busy import NotReadableError, Reading
from interviews.availability.busy_feeds import READ_FEED, FeedOrder
from interviews.availability.busy_reading import read_within_limits
from interviews.availability.fetching import FeedError, fetch

UNFOLD = "unfold weekly hours"


@jobs.at_each_sweep
def keep_times_ahead() -> None:
    """Once a day for each interviewer with weekly hours; the rest of the day it finds nothing to do."""
    with only_reading():
        due = unfolding.due()
        db.session.rollback()
    for interviewer_id in due:
        jobs.request(UNFOLD, interviewer_id)
        db.session.commit()


@jobs.job(UNFOLD, Queue.QUICK)
def unfold_weekly_hours(work: Work) -> None:
    with work.writing():
        unfolding.unfold(db.session.get_one(StaffMember, work.subject_id))


@jobs.at_each_sweep
def keep_busy_times_fresh() -> None:
    """Begin with the feed that has waited longest; each asks for the next when it is done."""
    with only_reading():
        is_idle = not busy_feeds.is_reading() and busy_feeds.next_due() is not None
        db.session.rollback()
    if is_idle:
        _ask_for_next(None)
        db.session.commit()


@jobs.job(READ_FEED, Queue.QUICK)
def read_busy_feed(work: Work) -> None:
    """Fetch one feed and put its busy times in place of the old ones. A failure keeps those and says why."""
    with work.writing():
        order = busy_feeds.begin(work.subject_id)
    if order is not None:
        _read(work, order)
    with work.writing():
        _ask_for_next(work)


def _read(work: Work, order: FeedOrder) -> None:
    try:
        reading = _fetched(order)
    except (FeedError, NotReadableError) as error:
        with work.writing():
            busy_feeds.note_failure(work.subject_id, order, str(error))
        return
    with work.writing():
        busy_feeds.store(work.subject_id, order, reading)


def _fetched(order: FeedOrder) -> Reading:
    content = fetch(order.address, allowed_hosts=order.allowed_hosts)
    return read_within_limits(content, order.window, zone=order.zone, own_host=order.own_host)


def _ask_for_next(work: Work | None) -> None:
    """Unless another job will do so."""
    following = busy_feeds.next_due()
    if following is not None and not busy_feeds.is_reading(apart_from=work.job_id if work else None):
        jobs.request(READ_FEED, following.id)
