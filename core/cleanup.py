"""Remove parts of abandoned uploads, old quick jobs and old counts of emails, at each sweep."""

from datetime import timedelta

from sqlalchemy import delete

from core import clock, jobs, public_mail
from core.database import db
from core.file_storage import current_storage
from core.models import Job, Queue

ABANDONED_UPLOAD_SECONDS = 24 * 3600.0  # far longer than the slowest upload
QUICK_JOB_RETENTION = timedelta(days=30)


@jobs.run_at_each_sweep
def remove_abandoned_uploads() -> None:
    """An upload whose web process was killed leaves a part that no row names."""
    current_storage().remove_abandoned_writes(older_than_seconds=ABANDONED_UPLOAD_SECONDS, now=clock.now().timestamp())


@jobs.run_at_each_sweep
def delete_old_quick_jobs() -> None:
    db.session.execute(delete(Job).where(Job.queue == Queue.QUICK, Job.finished_at < clock.now() - QUICK_JOB_RETENTION))
    db.session.commit()


@jobs.run_at_each_sweep
def delete_old_mail_counts() -> None:
    public_mail.delete_old_counts()
    db.session.commit()
