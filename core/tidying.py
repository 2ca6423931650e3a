"""Remove what nobody needs any more, at each sweep: parts of broken uploads, quick jobs that ended long ago."""

from datetime import timedelta

from sqlalchemy import delete

from core import clock, jobs
from core.database import db
from core.files import current_storage
from core.models import Job, Queue

BROKEN_UPLOAD_SECONDS = 24 * 3600.0  # far longer than the slowest upload
KEPT_JOBS = timedelta(days=30)


@jobs.at_each_sweep
def forget_broken_uploads() -> None:
    """An upload whose web process was killed leaves a part that no row names."""
    current_storage().forget_incoming(older_than_seconds=BROKEN_UPLOAD_SECONDS, now=clock.now().timestamp())


@jobs.at_each_sweep
def forget_ended_quick_jobs() -> None:
    """Mails and sweeps leave a row each; what they did stands elsewhere."""
    db.session.execute(delete(Job).where(Job.queue == Queue.QUICK, Job.finished_at < clock.now() - KEPT_JOBS))
    db.session.commit()
