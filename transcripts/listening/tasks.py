"""Make listening copies, one recording at a time. Decides nothing; neither torch nor numpy is needed."""

import sys
from contextlib import closing

from core import jobs
from core.database import db
from core.errors import NotYetError, RuleError
from core.files import StorageFullError, Stored
from core.leases import Work
from core.models import Queue
from transcripts import recordings
from transcripts.listening import copies
from transcripts.listening.copies import Plan
from transcripts.listening.encoding import ListeningCopy
from transcripts.models import Recording
from transcripts.sound.facts import UnsoundRecordingError
from transcripts.stored_sound import open_stored


@jobs.job(copies.MAKE, Queue.FILES)
def make_listening_copy(work: Work) -> None:
    """Killed anywhere, it begins again and removes what the killed one left."""
    with work.reading():
        plan = copies.plan(db.session.get_one(Recording, work.subject_id))
    if plan is None:
        return
    storage = recordings.storage()
    with work.writing():
        path, left = copies.choose_path(db.session.get_one(Recording, work.subject_id))
    if left:
        storage.delete(left)
    stored, peaks = _stored(work, plan, path)
    is_wanted = False
    try:
        with work.writing():
            is_wanted = copies.take_in(db.session.get_one(Recording, work.subject_id), stored, peaks)
    finally:
        if not is_wanted:
            storage.delete(path)


def _stored(work: Work, plan: Plan, path: str) -> tuple[Stored, list[int]]:
    storage = recordings.storage()
    with (
        open_stored(storage, plan.storage_path) as sound,
        closing(
            ListeningCopy(sound, seconds=plan.duration_seconds, channels=plan.channels, on_progress=work.report)
        ) as copy,
    ):
        try:
            stored = storage.store(
                copy,  # type: ignore[arg-type]  # only read() is used
                path,
                announced_bytes=None,
                max_bytes=sys.maxsize,
            )
        except UnsoundRecordingError as error:
            raise RuleError(f"No small copy for listening could be made, so the original is played. {error}") from error
        except StorageFullError as error:
            raise NotYetError("There is no room left for a small copy to listen to. The original is played.") from error
        return stored, copy.peaks


@jobs.at_each_sweep
def ask_for_missing_copies() -> None:
    copies.ask_for_missing()
    db.session.commit()
