"""Put arrived files together, and tidy up after uploads. Decides nothing."""

from core import jobs
from core.database import db
from core.errors import NotYetError
from core.files import StorageFullError, Stored
from core.leases import Work
from core.models import Queue
from transcripts import recordings
from transcripts.models import Upload
from transcripts.uploads import ending, joining, uploads
from transcripts.uploads.joining import JoinedParts, Plan


@jobs.job(uploads.JOIN, Queue.FILES)
def join_upload(work: Work) -> None:
    """One encrypted file out of many parts, then its row, then the parts go. Killed anywhere, it begins again."""
    with work.reading():
        plan = joining.plan(db.session.get_one(Upload, work.subject_id))
    if plan is not None:
        _join(work, plan)
    ending.remove_parts(work.subject_id)


def _join(work: Work, plan: Plan) -> None:
    storage = recordings.storage()
    with work.writing():
        path, left = joining.choose_path(db.session.get_one(Upload, plan.upload_id))
    if left:
        storage.delete(left)
    stored = _stored(work, plan, path)
    is_wanted = False
    try:
        with work.writing():
            is_wanted = joining.take_in(db.session.get_one(Upload, plan.upload_id), stored)
    finally:
        if not is_wanted:
            storage.delete(path)


def _stored(work: Work, plan: Plan, path: str) -> Stored:
    storage = recordings.storage()
    try:
        return storage.store(
            JoinedParts(storage, plan, work.report),  # type: ignore[arg-type]  # only read() is used
            path,
            announced_bytes=plan.length_bytes,
            max_bytes=plan.length_bytes,
        )
    except StorageFullError as error:
        raise NotYetError(
            "There is no room left to put this file together. All of it is kept, and it goes on when there is room:"
            " please tell the coordinator."
        ) from error


@jobs.at_each_sweep
def tidy_uploads() -> None:
    ending.tidy()
