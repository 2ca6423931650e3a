"""What follows when somebody's words are hidden or shown again: others no longer learn from them, waiting work goes on.

Registered with evidence/consent_changes.py by the package's web.py. Callers commit.
"""

from uuid import UUID

from sqlalchemy import select

from core import clock, jobs
from core.database import db
from core.exits import ExitUse
from evidence import consent
from evidence.consent_changes import react_to_hiding
from evidence.models import Contribution, Mode
from transcripts.models import Transcript
from transcripts.models.transcripts import IS_REVIEWED
from transcripts.recordings import processing_jobs
from transcripts.text.reviewed_transcripts import QUIET_PERIOD, REMAP_OTHERS_JOB


@react_to_hiding
def update_after_change(participant_id: UUID, call_id: UUID) -> None:
    query = select(Contribution).where(
        Contribution.participant_id == participant_id,
        Contribution.call_id == call_id,
        Contribution.mode == Mode.INTERVIEW,
    )
    for contribution in db.session.scalars(query):
        if _has_reviewed_transcript(contribution):
            jobs.enqueue(REMAP_OTHERS_JOB, contribution.schedule_version_id, not_before=clock.now() + QUIET_PERIOD)
        if consent.decide(ExitUse.MAPPING, contribution).is_allowed:
            processing_jobs.retry_waiting_recordings(contribution)


def _has_reviewed_transcript(contribution: Contribution) -> bool:
    query = select(Transcript.id).join(Transcript.contribution).where(Contribution.id == contribution.id, IS_REVIEWED)
    return db.session.scalars(query.limit(1)).first() is not None
