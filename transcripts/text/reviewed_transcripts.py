"""Whether a transcript counts as reviewed, so that other interviews learn from it. Callers commit."""

from datetime import timedelta

from sqlalchemy import select

from core import clock, jobs
from core.database import db
from transcripts.models import Transcript
from transcripts.models.transcripts import IS_REVIEWED

REMAP_OTHERS_JOB = "map others"
QUIET_PERIOD = timedelta(minutes=3)  # reviewers make many decisions: the others are mapped once for all of them


def is_reviewed(transcript: Transcript) -> bool:
    """Whether some of its passages are accepted and none is open."""
    query = select(Transcript.id).join(Transcript.contribution).where(Transcript.id == transcript.id, IS_REVIEWED)
    return db.session.scalar(query) is not None


def enqueue_remapping_of_others(transcript: Transcript, *, was_reviewed: bool = False) -> None:
    """What others learn from it may have changed, also if it is no longer reviewed."""
    db.session.flush()
    if was_reviewed or is_reviewed(transcript):
        jobs.enqueue(
            REMAP_OTHERS_JOB, transcript.contribution.schedule_version_id, not_before=clock.now() + QUIET_PERIOD
        )
