"""Assemble uploaded files, and remove what uploads leave behind. Decides nothing."""

from collections.abc import Sequence

from core import clock, jobs
from core.database import db
from core.errors import NotReadyError
from core.file_storage import StorageFullError, StoredFile
from core.leases import Work
from core.models import Queue
from transcripts.models import Upload
from transcripts.recordings import recordings, track_groups
from transcripts.uploads import assembly, cleanup, parts, uploads
from transcripts.uploads.assembly import AssemblyPlan, JoinedParts
from transcripts.uploads.parts import StoredPart


@jobs.job(uploads.ASSEMBLE_JOB, Queue.FILES)
def assemble_upload(work: Work) -> None:
    with work.read_transaction():
        plan = assembly.build_plan(db.session.get_one(Upload, work.subject_id))
    if plan is not None:
        _assemble_parts(work, plan)
    with work.read_transaction():
        counted = cleanup.list_counted_parts(work.subject_id)
    _delete_parts(counted)


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
            "There is not enough disk space to process this file. All of it is kept, and processing continues when"
            " there is space. Please tell the coordinator."
        ) from error


@jobs.run_at_each_sweep
def clean_up_uploads() -> None:
    cleanup.expire_uploads()
    db.session.commit()
    unneeded = cleanup.list_unneeded_parts()
    db.session.rollback()  # no transaction is open while files are deleted
    _delete_parts(unneeded)
    _delete_orphaned_files()
    cleanup.delete_old_rows()
    track_groups.release_incomplete_groups(clock.now() - cleanup.FOLLOW_UP_PERIOD)
    db.session.commit()


def _delete_parts(unneeded: Sequence[StoredPart]) -> None:
    for part in unneeded:
        parts.delete_parts([part])
        db.session.commit()


def _delete_orphaned_files() -> None:
    orphaned = cleanup.list_orphaned_files()
    db.session.rollback()  # as above
    for upload_id, path in orphaned:
        recordings.get_storage().delete(path)
        cleanup.clear_joined_path(upload_id)
        db.session.commit()
