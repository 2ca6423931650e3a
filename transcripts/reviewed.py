"""Which interviews count as reviewed, and what is mapped again when people decide: the rest of it, and the others.

What they learn is in mapping/, what is stored of it in suggestions.py. Callers commit.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from core import clock, jobs
from core.database import db
from evidence.models import Contribution, ContributionState
from transcripts.models import Decision, Passage, PassageState, Transcript

MAP_OTHERS, MAP_REST = "map others", "map rest"
SETTLE = timedelta(minutes=3)  # a reviewer decides again and again: the others are mapped once for all of it

IS_UNTOUCHED = and_(Passage.state == PassageState.SUGGESTED, Passage.decided_at.is_(None))
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


def note_decision(transcript: Transcript, *, was_reviewed: bool) -> None:
    """Somebody has decided, or undone it: what nobody has touched is looked at again in the light of that."""
    tell_others(transcript, was_reviewed=was_reviewed)
    if has_rest(transcript):
        jobs.request(MAP_REST, transcript.id, not_before=clock.now() + SETTLE)


def has_rest(transcript: Transcript) -> bool:
    """Whether it is still being reviewed, and has suggestions that nobody has touched."""
    wanted = select(Passage.id).where(Passage.transcript_id == transcript.id, IS_UNTOUCHED).limit(1)
    return not is_reviewed(transcript) and db.session.scalar(wanted) is not None


def settles_at(transcript: Transcript) -> datetime:
    """When nobody will have decided about it for a while, if nobody does from now on."""
    newest = func.max(func.coalesce(Decision.undone_at, Decision.made_at))
    last = db.session.scalar(select(newest).where(Decision.transcript_id == transcript.id))
    return (last or transcript.created_at) + SETTLE


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
    wanted = (
        select(Transcript.id)
        .join(Transcript.contribution)
        .where(Contribution.schedule_version_id == schedule_version_id)
        .where(Contribution.state != ContributionState.WITHDRAWN, Transcript.mapped_at.is_not(None))
        .where(Transcript.passages.any(IS_UNTOUCHED), ~IS_REVIEWED, ~is_superseded)
        .order_by(Transcript.id)  # everybody who asks for several asks in this order, so that nobody waits in a circle
    )
    return list(db.session.scalars(wanted))
