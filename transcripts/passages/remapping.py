"""Which interviews count as reviewed, and what is mapped again when people decide: the rest of it, and the others.

What they learn is in mapping/, what is stored of it in suggestions.py. Callers commit.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from core import clock, jobs
from core.database import db
from evidence.models import Contribution, ContributionState
from transcripts.models import Decision, Passage, Transcript
from transcripts.models.passages import IS_UNTOUCHED
from transcripts.models.transcripts import IS_REVIEWED
from transcripts.text.reviewed_transcripts import QUIET_PERIOD, enqueue_remapping_of_others, is_reviewed

REMAP_UNTOUCHED_JOB = "map rest"


def enqueue_remapping_after_decision(transcript: Transcript, *, was_reviewed: bool) -> None:
    """Somebody has decided, or undone it: what nobody has touched is looked at again in the light of that."""
    enqueue_remapping_of_others(transcript, was_reviewed=was_reviewed)
    if has_untouched_suggestions(transcript):
        jobs.enqueue(REMAP_UNTOUCHED_JOB, transcript.id, not_before=clock.now() + QUIET_PERIOD)


def has_untouched_suggestions(transcript: Transcript) -> bool:
    """Whether it is still being reviewed, and has suggestions that nobody has touched."""
    wanted = select(Passage.id).where(Passage.transcript_id == transcript.id, IS_UNTOUCHED).limit(1)
    return not is_reviewed(transcript) and db.session.scalar(wanted) is not None


def get_quiet_until(transcript: Transcript) -> datetime:
    """When nobody will have decided about it for a while, if nobody does from now on."""
    newest = func.max(func.coalesce(Decision.undone_at, Decision.made_at))
    last = db.session.scalar(select(newest).where(Decision.transcript_id == transcript.id))
    return (last or transcript.created_at) + QUIET_PERIOD


def list_transcripts_to_remap(schedule_version_id: UUID) -> list[UUID]:
    """Texts that count, with suggestions that nobody has touched. What is reviewed stays as people have left it."""
    later = aliased(Transcript)
    is_superseded = (
        select(later.id)
        .where(later.contribution_id == Transcript.contribution_id, later.position == Transcript.position)
        .where(later.number > Transcript.number)
        .exists()
    )
    wanted = (
        select(Transcript.id)
        .join(Transcript.contribution)
        .where(Contribution.schedule_version_id == schedule_version_id)
        .where(Contribution.state != ContributionState.WITHDRAWN, Transcript.mapped_at.is_not(None))
        .where(Transcript.passages.any(IS_UNTOUCHED), ~IS_REVIEWED, ~is_superseded)
        .order_by(Transcript.id)  # everybody who asks for several asks in this order, so that nobody waits in a circle
    )
    return list(db.session.scalars(wanted))
