"""Make listening copies, one recording at a time. Decides nothing; needs neither torch nor numpy."""

import sys
from contextlib import closing

from core import exits, jobs
from core.database import db
from core.errors import NotReadyError, RuleError
from core.exits import ExitAudience, ExitUse
from core.file_storage import StorageFullError, StoredFile
from core.leases import Work
from core.models import Queue
from transcripts.audio import listening_copies
from transcripts.audio.audio_facts import UnusableRecordingError
from transcripts.audio.listening_copies import ListeningCopyPlan
from transcripts.audio.listening_encoder import ListeningCopy
from transcripts.models import Recording
from transcripts.recordings import recordings
from transcripts.recordings.stored_sound import open_stored_recording


@jobs.job(listening_copies.MAKE_COPY_JOB, Queue.FILES)
@exits.returns("a smaller copy of a recording, stored", ExitUse.LISTENING, to=ExitAudience.WORKER)
def make_listening_copy(work: Work) -> None:
    """If it is killed, the next attempt deletes what it left."""
    with work.read_transaction():
        plan = listening_copies.plan_copy(db.session.get_one(Recording, work.subject_id))
    if plan is None:
        return
    storage = recordings.get_storage()
    with work.write_transaction():
        path, left = listening_copies.reserve_path(db.session.get_one(Recording, work.subject_id))
    if left:
        storage.delete(left)
    stored, peaks = _store_copy(work, plan, path)
    is_wanted = False
    try:
        with work.write_transaction():
            is_wanted = listening_copies.record_copy(db.session.get_one(Recording, work.subject_id), stored, peaks)
    finally:
        if not is_wanted:
            storage.delete(path)


def _store_copy(work: Work, plan: ListeningCopyPlan, path: str) -> tuple[StoredFile, list[int]]:
    storage = recordings.get_storage()
    with (
        open_stored_recording(storage, plan.storage_path) as sound,
        closing(
            ListeningCopy(
                sound, seconds=plan.duration_seconds, channels=plan.channels, on_progress=work.estimate_progress
            )
        ) as copy,
    ):
        try:
            stored = storage.store(
                copy,  # type: ignore[arg-type]  # only read() is used
                path,
                announced_bytes=None,
                max_bytes=sys.maxsize,
            )
        except UnusableRecordingError as error:
            raise RuleError(
                f"We could not make a smaller copy for playing, so we play the original. {error}"
            ) from error
        except StorageFullError as error:
            raise NotReadyError(
                "There is not enough disk space for a smaller copy for playing, so we play the original."
            ) from error
        return stored, copy.peaks


@jobs.run_at_each_sweep
def enqueue_missing_copies() -> None:
    listening_copies.enqueue_missing()
    db.session.commit()
