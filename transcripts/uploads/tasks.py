"""Put arrived files together, and tidy up after uploads. Decides nothing."""

from core import jobs
from core.database import db
from core.errors import NotReadyError
from core.file_storage import StorageFullError, StoredFile
from core.leases import Work
from core.models import Queue
from transcripts.models import Upload
from transcripts.recordings import recordings
from transcripts.uploads import assembly, cleanup, uploads
from transcripts.uploads.assembly import AssemblyPlan, JoinedParts


@jobs.job(uploads.ASSEMBLE_JOB, Queue.FILES)
def assemble_upload(work: Work) -> None:
    """One encrypted file out of many parts, then its row, then the parts go. Killed anywhere, it begins again."""
    with work.read_transaction():
        plan = assembly.build_plan(db.session.get_one(Upload, work.subject_id))
    if plan is not None:
        _assemble_parts(work, plan)
    cleanup.delete_parts(work.subject_id)


def _assemble_parts(work: Work, plan: AssemblyPlan) -> None:
    storage = recordings.get_storage()
    with work.write_transaction():
        path, left = assembly.choose_path(db.session.get_one(Upload, plan.upload_id))
    if left:
        storage.delete(left)
    stored = _store_joined(work, plan, path)
    is_wanted = False
    try:
        with work.write_transaction():
            is_wanted = assembly.create_recording(db.session.get_one(Upload, plan.upload_id), stored)
    finally:
        if not is_wanted:
            storage.delete(path)


def _store_joined(work: Work, plan: AssemblyPlan, path: str) -> StoredFile:
    storage = recordings.get_storage()
    try:
        return storage.store(
            JoinedParts(storage, plan, work.estimate_progress),  # type: ignore[arg-type]  # only read() is used
            path,
            announced_bytes=plan.length_bytes,
            max_bytes=plan.length_bytes,
        )
    except StorageFullError as error:
        raise NotReadyError(
            "There is no room left to put this file together. All of it is kept, and it goes on when there is room:"
            " please tell the coordinator."
        ) from error


@jobs.run_at_each_sweep
def run_upload_cleanup() -> None:
    cleanup.clean_up_uploads()
