"""Jobs and sweeps of availability: generate slots, read busy feeds."""

from accounts.models import StaffMember
from core import jobs
from core.database import db, read_only_transactions
from core.leases import Work
from core.models import Queue
from interviews.availability import busy_feeds, slot_generation
from interviews.availability.busy_feeds import READ_FEED_JOB, FeedRequest
from interviews.availability.busy_parser import CalendarNotReadableError, ParsedBusyTimes
from interviews.availability.busy_parser_process import parse_in_child_process
from interviews.availability.feed_fetcher import FeedError, fetch_feed

GENERATE_SLOTS_JOB = "unfold weekly hours"


@jobs.run_at_each_sweep
def request_slot_generation() -> None:
    with read_only_transactions():
        due = slot_generation.list_due_interviewers()
        db.session.rollback()
    for interviewer_id in due:
        jobs.enqueue(GENERATE_SLOTS_JOB, interviewer_id)
        db.session.commit()


@jobs.job(GENERATE_SLOTS_JOB, Queue.QUICK)
def run_slot_generation(work: Work) -> None:
    with work.write_transaction():
        slot_generation.generate_slots(db.session.get_one(StaffMember, work.subject_id))


@jobs.run_at_each_sweep
def request_due_feed_read() -> None:
    with read_only_transactions():
        is_idle = not busy_feeds.is_read_pending() and busy_feeds.find_next_due_feed() is not None
        db.session.rollback()
    if is_idle:
        _request_next_read(None)
        db.session.commit()


@jobs.job(READ_FEED_JOB, Queue.QUICK)
def read_busy_feed(work: Work) -> None:
    with work.write_transaction():
        feed_request = busy_feeds.begin_attempt(work.subject_id)
    if feed_request is not None:
        _fetch_and_store(work, feed_request)
    with work.write_transaction():
        _request_next_read(work)


def _fetch_and_store(work: Work, feed_request: FeedRequest) -> None:
    try:
        parsed = _fetch_and_parse(feed_request)
    except (FeedError, CalendarNotReadableError) as error:
        with work.write_transaction():
            busy_feeds.record_failure(work.subject_id, feed_request, str(error))
        return
    with work.write_transaction():
        busy_feeds.store_busy_times(work.subject_id, feed_request, parsed)


def _fetch_and_parse(feed_request: FeedRequest) -> ParsedBusyTimes:
    content = fetch_feed(feed_request.address, allowed_hosts=feed_request.allowed_hosts)
    return parse_in_child_process(content, feed_request.window, zone=feed_request.zone, own_host=feed_request.own_host)


def _request_next_read(work: Work | None) -> None:
    following = busy_feeds.find_next_due_feed()
    if following is not None and not busy_feeds.is_read_pending(except_job_id=work.job_id if work else None):
        jobs.enqueue(READ_FEED_JOB, following.id)
