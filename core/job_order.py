"""The order of due jobs in a queue. A smaller priority runs sooner, as with Unix nice. Running them: jobs.py."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from core import clock
from core.database import db
from core.models import Job, JobState, Queue

HIGHEST = -1.0  # chosen by a person
IMMEDIATE = 0.0  # too small to be delayed by anything larger

SortKey = tuple[bool, float, datetime]


def build_sort_key(priority: float, created_at: datetime) -> SortKey:
    """Smallest first. A priority above 0 is in seconds, and each second of waiting takes one off. Since all jobs
    age at the same rate, the order does not depend on when it is calculated.
    """
    if priority <= IMMEDIATE:
        return False, priority, created_at
    return True, priority + created_at.timestamp(), created_at


def list_due_jobs(queue: Queue, *, only_immediate: bool = False) -> list[UUID]:
    due = _select_due(queue).where(Job.state.in_([JobState.PENDING, JobState.WAITING]))
    return _fetch_in_order(due.where(Job.priority <= IMMEDIATE) if only_immediate else due)


def find_queue_positions(queue: Queue) -> dict[UUID, int]:
    return {
        job_id: position
        for position, job_id in enumerate(_fetch_in_order(_select_due(queue).where(Job.state == JobState.PENDING)), 1)
    }


def _select_due(queue: Queue) -> Select[UUID, float, datetime]:
    return select(Job.id, Job.priority, Job.created_at).where(Job.queue == queue, Job.run_after <= clock.now())


def _fetch_in_order(query: Select[UUID, float, datetime]) -> list[UUID]:
    rows = db.session.execute(query).all()
    return [row.id for row in sorted(rows, key=lambda row: build_sort_key(row.priority, row.created_at))]
