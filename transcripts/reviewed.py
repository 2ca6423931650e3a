"""Which interviews count as reviewed, and that others, which learn from them, are mapped again when that changes.

What they learn is in mapping/, what is stored of it in suggestions.py. Callers commit.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from core import clock, jobs
from core.database import db
from evidence.models import Contribution, ContributionState
from transcripts.models import Passage, PassageState, Transcript

MAP_OTHERS = "map others"
SETTLE = timedelta(minutes=3)  # a reviewer decides again and again: the others are mapped once for all of it

IS_UNDECIDED = and_(Passage.state == PassageState.SUGGESTED, Passage.question_key.is_not(None))
IS_REVIEWED = and_(  # of a transcript beside its contribution
    Contribution.state == ContributionState.GIVEN,
    Transcript.passages.any(Passage.state == PassageState.ACCEPTED),
    ~Transcript.passages.any(IS_UNDECIDED),
)


def is_reviewed(transcript: Transcript) -> bool:
    """Whether somebody has accepted passages of it, and none with a question is left a suggestion."""
    wanted = select(Transcript.id).join(Transcript.contribution).where(Transcript.id == transcript.id, IS_REVIEWED)
    return db.session.scalar(wanted) is not None


def tell_others(transcript: Transcript, *, was_reviewed: bool = False) -> None:
    """What others learn from a reviewed interview may have changed; also when it was one until now."""
    db.session.flush()
    if was_reviewed or is_reviewed(transcript):
        jobs.request(MAP_OTHERS, transcript.contribution.schedule_version_id, not_before=clock.now() + SETTLE)


def learners(schedule_version_id: UUID) -> list[UUID]:
    """Texts that count, with suggestions that nobody has touched. What is reviewed stays as people have left it."""
    later = aliased(Transcript)
    is_superseded = (
        select(later.id)
        .where(later.contribution_id == Transcript.contribution_id, later.position == Transcript.position)
        .where(later.number > Transcript.number)
        .exists()
    )
    is_untouched = and_(Passage.state == PassageState.SUGGESTED, Passage.decided_at.is_(None))
    wanted = (
        select(Transcript.id)
        .join(Transcript.contribution)
        .where(Contribution.schedule_version_id == schedule_version_id)
        .where(Contribution.state != ContributionState.WITHDRAWN, Transcript.mapped_at.is_not(None))
        .where(Transcript.passages.any(is_untouched), ~IS_REVIEWED, ~is_superseded)
        .order_by(Transcript.id)  # everybody who asks for several asks in this order, so that nobody waits in a circle
    )
    return list(db.session.scalars(wanted))
