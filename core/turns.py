"""Whose turn it is among the jobs of a queue that are due. Taking and running them is in jobs.py."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from core import clock
from core.database import db
from core.models import Job, JobState, Queue

BEFORE_ALL = -1.0  # somebody chose it
AT_ONCE = 0.0  # small enough that nothing larger should delay it

Turn = tuple[bool, float, datetime]


def turn(rank: float, created_at: datetime) -> Turn:
    """What a queue is sorted by, smallest first. A rank above 0 is in seconds; each second of waiting takes one off.

    So a recording of three hours is overtaken only by shorter ones that come within three hours of it. Since all age
    alike, the order is the same whenever it is looked at.
    """
    if rank <= AT_ONCE:
        return False, rank, created_at
    return True, rank + created_at.timestamp(), created_at


def due_in_turn(queue: Queue, *, only_small: bool = False) -> list[UUID]:
    """All that could be taken now, also what looks again whether it still has to wait."""
    due = _due(queue).where(Job.state.in_([JobState.PENDING, JobState.WAITING]))
    return _in_turn(due.where(Job.rank <= AT_ONCE) if only_small else due)


def places(queue: Queue) -> dict[UUID, int]:
    """The place (1, 2...) of each job that waits for nothing but its turn."""
    return {job_id: place for place, job_id in enumerate(_in_turn(_due(queue).where(Job.state == JobState.PENDING)), 1)}


def _due(queue: Queue) -> Select[UUID, float, datetime]:
    return select(Job.id, Job.rank, Job.created_at).where(Job.queue == queue, Job.run_after <= clock.now())


def _in_turn(wanted: Select[UUID, float, datetime]) -> list[UUID]:
    rows = db.session.execute(wanted).all()
    return [row.id for row in sorted(rows, key=lambda row: turn(row.rank, row.created_at))]
