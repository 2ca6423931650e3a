"""How far recordings and transcripts have come: conditions to count and list by."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased, contains_eager

from core.database import db
from core.exits import ExitUse
from core.models import Job, JobState
from evidence.consent_conditions import allows
from evidence.models import Contribution
from transcripts.models import Passage, Recording, RecordingState, Transcript


def is_awaiting_transcript() -> ColumnElement[bool]:
    return and_(Recording.state != RecordingState.REFUSED, ~Recording.transcripts.any(), ~_has_failed_job())


def has_failed() -> ColumnElement[bool]:
    return or_(Recording.state == RecordingState.REFUSED, _has_failed_job())


def has_open_suggestions() -> ColumnElement[bool]:
    return and_(_is_readable_transcript(), Transcript.is_newest, Transcript.passages.any(Passage.is_open))


def has_failed_mapping() -> ColumnElement[bool]:
    """On Transcript: it was imported without a recording and could not be mapped."""
    has_failed_job = exists().where(Job.subject_id == Transcript.id, Job.state == JobState.FAILED, ~_is_superseded())
    return and_(
        _is_readable_transcript(), Transcript.recording_id.is_(None), Transcript.mapped_at.is_(None), has_failed_job
    )


def is_open_to_listeners() -> ColumnElement[bool]:
    return Recording.contribution.has(allows(ExitUse.LISTENING))


def list_recordings_where(condition: ColumnElement[bool]) -> Sequence[Recording]:
    query = (
        select(Recording)
        .join(Recording.contribution)
        .join(Contribution.participant)
        .join(Contribution.call)
        .where(is_open_to_listeners(), condition)
        .options(
            contains_eager(Recording.contribution).options(
                contains_eager(Contribution.participant),
                contains_eager(Contribution.call),
            )
        )
        .order_by(Recording.uploaded_at.desc(), Recording.id)
    )
    return db.session.scalars(query).all()


def list_transcripts_where(condition: ColumnElement[bool]) -> Sequence[Transcript]:
    query = (
        select(Transcript)
        .join(Transcript.contribution)
        .join(Contribution.participant)
        .join(Contribution.call)
        .where(condition)
        .options(
            contains_eager(Transcript.contribution).options(
                contains_eager(Contribution.participant),
                contains_eager(Contribution.call),
            )
        )
        .order_by(Transcript.created_at.desc(), Transcript.id)
    )
    return db.session.scalars(query).all()


def _is_readable_transcript() -> ColumnElement[bool]:
    return Transcript.contribution.has(allows(ExitUse.READING))


def _has_failed_job() -> ColumnElement[bool]:
    transcript_ids = select(Transcript.id).where(Transcript.recording_id == Recording.id).correlate(Recording)
    subject = or_(Job.subject_id == Recording.id, Job.subject_id.in_(transcript_ids))
    return exists().where(subject, Job.state == JobState.FAILED, ~_is_superseded())


def _is_superseded() -> ColumnElement[bool]:
    later = aliased(Job)
    return exists().where(later.name == Job.name, later.subject_id == Job.subject_id, later.created_at > Job.created_at)
