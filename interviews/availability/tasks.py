"""What the quick worker does for availability: keep times ahead. Decides nothing."""

from accounts.models import StaffMember
from core import jobs
from core.database import db, only_reading
from core.leases import Work
from core.models import Queue
from interviews.availability import unfolding

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
