"""Enqueue jobs, run them under a lease, and requeue those of killed workers. Huey: huey_queues.py.

A job is a registered function and a row. The function must be idempotent: it may run again after a kill.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import event, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock, sweep_lease
from core.database import db, read_only_transactions
from core.errors import NotReadyError, RuleError
from core.job_order import list_due_jobs
from core.leases import LEASE_SECONDS, CancelledError, LeaseLostError, Work, keep_lease_alive
from core.models import ACTIVE_JOB_STATES, Job, JobState, Queue

MAX_ATTEMPTS = 5  # a job whose worker dies this often fails
RECHECK_SECONDS = 60  # how often a waiting job checks again
ENQUEUE_ATTEMPTS = 5  # an active job may end while it is asked to run again
JOBS_TO_DISPATCH = "jobs_to_dispatch"
QUEUES_EXTENSION = "queues"  # of HueyQueues

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _JobDefinition:
    queue: Queue
    function: Callable[[Work], None]


_job_definitions: dict[str, _JobDefinition] = {}
_sweep_functions: list[Callable[[], None]] = []


def job(name: str, queue: Queue) -> Callable[[Callable[[Work], None]], Callable[[Work], None]]:
    def register(function: Callable[[Work], None]) -> Callable[[Work], None]:
        _job_definitions[name] = _JobDefinition(queue, function)
        return function

    return register


def run_at_each_sweep(function: Callable[[], None]) -> Callable[[], None]:
    """Run a function every minute in the quick consumer. The function has to commit."""
    _sweep_functions.append(function)
    return function


def get_job_functions() -> dict[str, Callable[[Work], None]]:
    """By the name of the job."""
    return {name: definition.function for name, definition in _job_definitions.items()}


def list_sweep_functions() -> list[Callable[[], None]]:
    return list(_sweep_functions)


def enqueue(
    name: str,
    subject_id: UUID,
    arguments: dict[str, Any] | None = None,
    *,
    priority: float | None = None,
    not_before: datetime | None = None,
) -> Job:
    """A job that is already active runs once more when it is done, with the latest arguments.

    `priority`: see job_order.py; None leaves it unchanged. `not_before`: of several, the earliest applies.
    """
    due = not_before or clock.now()
    for _ in range(ENQUEUE_ATTEMPTS):
        row = _insert_job(name, subject_id, arguments or {}, due) or _update_active_job(
            name, subject_id, arguments or {}, due
        )
        if row is not None:
            row.priority = row.priority if priority is None else priority
            _dispatch_after_commit(row)
            return row
    raise RuleError("We are already working on this. Try again in a minute.")


def find_latest(name: str, subject_id: UUID) -> Job | None:
    query = select(Job).where(Job.name == name, Job.subject_id == subject_id)
    return db.session.scalars(query.order_by(Job.created_at.desc()).limit(1)).first()


def find_latest_by_subject(subject_ids: Collection[UUID]) -> dict[tuple[str, UUID], Job]:
    query = select(Job).where(Job.subject_id.in_(subject_ids)).order_by(Job.created_at)
    return {(row.name, row.subject_id): row for row in db.session.scalars(query)}


def cancel(row: Job) -> None:
    """At once if it is not running, otherwise when it next checks, within seconds."""
    db.session.refresh(row, with_for_update=True)  # a worker may be claiming it
    if row.state is JobState.RUNNING:
        row.cancel_requested, row.rerun_requested = True, False
    elif row.is_active:
        _end_job(row, JobState.CANCELLED, "Cancelled.")


def run(job_id: UUID) -> bool:
    """False if the job is not due or another worker has its lease."""
    token = uuid4()
    row = _claim_job(job_id, token)
    if row is None:
        return False
    work = Work(job_id=row.id, token=token, subject_id=row.subject_id, arguments=row.arguments)
    name = row.name
    db.session.rollback()
    try:
        with keep_lease_alive(current_app._get_current_object(), work):  # type: ignore[attr-defined]  # a werkzeug proxy
            _job_definitions[name].function(work)
        _finish_job(work, JobState.DONE, "")
    except LeaseLostError:
        db.session.rollback()
    except CancelledError:
        _finish_job(work, JobState.CANCELLED, "Cancelled.")
    except NotReadyError as reason:
        _finish_job(work, JobState.WAITING, str(reason))
    except RuleError as reason:
        _finish_job(work, JobState.FAILED, str(reason))
    except Exception:  # the job is marked as failed, the consumer keeps running
        log.exception("Job %s (%s) failed", name, job_id)
        _finish_job(work, JobState.FAILED, "Something went wrong. The details are in the worker's log.")
    return True


def run_next(queue: Queue, *, only_immediate: bool = False) -> bool:
    with read_only_transactions():
        due = list_due_jobs(queue, only_immediate=only_immediate)
        db.session.rollback()
    return any(run(job_id) for job_id in due)


def sweep() -> None:
    """Nothing happens while another worker sweeps."""
    token = sweep_lease.acquire()
    if token is None:
        return
    try:
        _dispatch_due_jobs()
        for function in _sweep_functions:
            if not sweep_lease.renew(token):
                return
            _run_sweep_function(function)
    finally:
        db.session.rollback()
        sweep_lease.release(token)


def _dispatch_due_jobs() -> None:
    now = clock.now()
    _release_expired_leases()
    due = select(Job).where(Job.state.in_([JobState.PENDING, JobState.WAITING]), Job.run_after <= now)
    for row in db.session.scalars(due):
        if row.name in _job_definitions:
            row.queue = _job_definitions[row.name].queue  # may have changed in an upgrade
        _dispatch_after_commit(row)
    db.session.commit()


def _run_sweep_function(function: Callable[[], None]) -> None:
    try:
        function()
    except Exception:
        db.session.rollback()
        log.exception("A periodic task failed: %s", function.__name__)


def _insert_job(name: str, subject_id: UUID, arguments: dict[str, Any], due: datetime) -> Job | None:
    now, queue = clock.now(), _job_definitions[name].queue
    row = Job(name=name, queue=queue, subject_id=subject_id, arguments=arguments, run_after=due, created_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return None
    return row


def _update_active_job(name: str, subject_id: UUID, arguments: dict[str, Any], due: datetime) -> Job | None:
    active = select(Job).where(Job.name == name, Job.subject_id == subject_id, Job.state.in_(ACTIVE_JOB_STATES))
    row = db.session.scalars(active.with_for_update().execution_options(populate_existing=True)).first()
    if row is not None:
        is_first = row.state is JobState.RUNNING and not row.rerun_requested
        row.arguments, row.run_after = arguments, due if is_first else min(row.run_after, due)
        row.rerun_requested = row.state is JobState.RUNNING
    return row


def _release_expired_leases() -> None:
    expired = select(Job).where(Job.state == JobState.RUNNING, Job.lease_expires_at < clock.now())
    for row in db.session.scalars(expired.with_for_update(skip_locked=True)):
        row.lease_token = None
        if row.cancel_requested and not row.rerun_requested:
            _end_job(row, JobState.CANCELLED, "Cancelled.")
        elif row.attempts >= MAX_ATTEMPTS:
            _end_job(row, JobState.FAILED, f"Failed after {row.attempts} attempts: the worker stopped each time.")
        else:
            row.state, row.cancel_requested = JobState.PENDING, False
            row.message = "Restarted after the worker stopped."


def _claim_job(job_id: UUID, token: UUID) -> Job | None:
    now = clock.now()
    result = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state.in_([JobState.PENDING, JobState.WAITING]), Job.run_after <= now)
        .where(or_(Job.lease_token.is_(None), Job.lease_expires_at < now))
        .values(
            state=JobState.RUNNING,
            message="",
            lease_token=token,
            lease_expires_at=now + timedelta(seconds=LEASE_SECONDS),
            heartbeat_at=now,
            started_at=now,
            attempts=Job.attempts + 1,
            progress=0.0,
            seconds_left=None,
            rerun_requested=False,
        )
    )
    db.session.commit()
    return db.session.get(Job, job_id) if result.rowcount else None  # type: ignore[attr-defined]  # an UPDATE has one


def _finish_job(work: Work, state: JobState, message: str) -> None:
    db.session.rollback()
    row = db.session.scalars(
        select(Job).where(Job.id == work.job_id, Job.lease_token == work.token).with_for_update()
    ).first()
    if row is None:
        return
    row.lease_token = None
    if row.rerun_requested:  # also after it was cancelled: the latest request applies
        _requeue_job(row, state, "" if state is JobState.CANCELLED else message)
    elif row.cancel_requested and state is JobState.WAITING:
        _end_job(row, JobState.CANCELLED, "Cancelled.")
    elif state is JobState.WAITING:
        _requeue_job(row, state, message)
    else:
        _end_job(row, state, message)
    db.session.commit()


def _requeue_job(row: Job, state: JobState, message: str) -> None:
    waiting = state is JobState.WAITING
    row.state = JobState.WAITING if waiting else JobState.PENDING
    row.message, row.attempts, row.rerun_requested, row.cancel_requested = message, 0, False, False
    now = clock.now()
    row.run_after = now + timedelta(seconds=RECHECK_SECONDS) if waiting else max(row.run_after, now)
    if not waiting:
        _dispatch_after_commit(row)


def _end_job(row: Job, state: JobState, message: str) -> None:
    row.state, row.message, row.finished_at, row.seconds_left = state, message, clock.now(), None
    row.cancel_requested = False
    if state is JobState.DONE:
        row.progress = 1.0


def _dispatch_after_commit(row: Job) -> None:
    db.session.info.setdefault(JOBS_TO_DISPATCH, []).append((row.queue, row.id))


@event.listens_for(Session, "after_commit")
def _dispatch_committed_jobs(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for queue, job_id in session.info.pop(JOBS_TO_DISPATCH, []):
        try:
            current_app.extensions[QUEUES_EXTENSION].dispatch(queue, job_id)
        except Exception:  # the commit itself succeeded
            log.exception("Job %s waits for the next sweep", job_id)


@event.listens_for(Session, "after_rollback")
def _discard_jobs_to_dispatch(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(JOBS_TO_DISPATCH, None)
