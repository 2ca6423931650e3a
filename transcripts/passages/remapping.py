"""What is mapped again after a decision: the rest of the same interview, and the other interviews. Callers commit."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from core import clock, jobs
from core.database import db
from core.exits import ExitUse
from evidence.consent_conditions import allows
from evidence.models import Contribution
from transcripts.models import Decision, Passage, Transcript
from transcripts.models.transcripts import IS_REVIEWED
from transcripts.text.reviewed_transcripts import QUIET_PERIOD, enqueue_remapping_of_others, is_reviewed

REMAP_UNTOUCHED_JOB = "map rest"


def enqueue_remapping_after_decision(transcript: Transcript, *, was_reviewed: bool) -> None:
    enqueue_remapping_of_others(transcript, was_reviewed=was_reviewed)
    if has_untouched_suggestions(transcript):
        jobs.enqueue(REMAP_UNTOUCHED_JOB, transcript.id, not_before=clock.now() + QUIET_PERIOD)


def has_untouched_suggestions(transcript: Transcript) -> bool:
    query = select(Passage.id).where(Passage.transcript_id == transcript.id, Passage.is_untouched).limit(1)
    return not is_reviewed(transcript) and db.session.scalar(query) is not None


def get_quiet_until(transcript: Transcript) -> datetime:
    newest = func.max(func.coalesce(Decision.undone_at, Decision.made_at))
    last = db.session.scalar(select(newest).where(Decision.transcript_id == transcript.id))
    return (last or transcript.created_at) + QUIET_PERIOD


def list_transcripts_to_remap(schedule_version_id: UUID) -> list[UUID]:
    query = (
        select(Transcript.id)
        .join(Transcript.contribution)
        .where(Contribution.schedule_version_id == schedule_version_id)
        .where(allows(ExitUse.MAPPING), Transcript.mapped_at.is_not(None))
        .where(Transcript.passages.any(Passage.is_untouched), ~IS_REVIEWED, Transcript.is_newest)
        .order_by(Transcript.id)  # always in this order, so that two callers cannot deadlock
    )
    return list(db.session.scalars(query))
