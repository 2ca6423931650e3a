"""Whose turn it is among the jobs of a queue that are due. Taking and running them is in jobs.py."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from core import clock
from core.database import db
from core.models import Job, JobState, Queue

HIGHEST = -1.0  # somebody chose it
IMMEDIATE = 0.0  # small enough that nothing larger should delay it

SortKey = tuple[bool, float, datetime]


def build_sort_key(priority: float, created_at: datetime) -> SortKey:
    """What a queue is sorted by, smallest first. A rank above 0 is in seconds; each second of waiting takes one off.

    So a recording of three hours is overtaken only by shorter ones that come within three hours of it. Since all age
    alike, the order is the same whenever it is looked at.
    """
    if priority <= IMMEDIATE:
        return False, priority, created_at
    return True, priority + created_at.timestamp(), created_at


def list_due_jobs(queue: Queue, *, only_immediate: bool = False) -> list[UUID]:
    """All that could be taken now, also what looks again whether it still has to wait."""
    due = _select_due(queue).where(Job.state.in_([JobState.PENDING, JobState.WAITING]))
    return _fetch_in_order(due.where(Job.priority <= IMMEDIATE) if only_immediate else due)


def find_queue_positions(queue: Queue) -> dict[UUID, int]:
    """The place (1, 2...) of each job that waits for nothing but its turn."""
    return {
        job_id: place
        for place, job_id in enumerate(_fetch_in_order(_select_due(queue).where(Job.state == JobState.PENDING)), 1)
    }


def _select_due(queue: Queue) -> Select[UUID, float, datetime]:
    return select(Job.id, Job.priority, Job.created_at).where(Job.queue == queue, Job.run_after <= clock.now())


def _fetch_in_order(query: Select[UUID, float, datetime]) -> list[UUID]:
    rows = db.session.execute(query).all()
    return [row.id for row in sorted(rows, key=lambda row: build_sort_key(row.priority, row.created_at))]
