"""The plain numbers on the first page of staff. Counts only; who should do what next stands in next_steps.py."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from core import clock
from core.database import Model, db
from core.models import Job, JobState, MailState, OutboxMessage
from evidence.models import Contribution, ContributionState, Mode
from interviews.models import Booking, BookingStatus, Slot, Volunteer, VolunteerState
from review.suggestions import SUGGESTED, is_newest
from transcripts.models import Recording, RecordingState, Transcript


@dataclass(frozen=True, slots=True)
class Numbers:
    volunteers_offered: int
    volunteers_unbooked: int
    coming_interviews: int
    recordings_waiting: int
    recordings_failed: int
    transcripts_to_decide: int
    written_drafts: int
    written_given: int
    mails_failed: int
    mails_kept: int


def numbers_now() -> Numbers:
    """All of them in one query."""
    wanted = {
        "volunteers_offered": _volunteers(VolunteerState.OFFERED),
        "volunteers_unbooked": _unbooked_volunteers(),
        "coming_interviews": _coming_interviews(),
        "recordings_waiting": _waiting_recordings(),
        "recordings_failed": _failed_recordings(),
        "transcripts_to_decide": _count(Transcript).where(is_newest(), Transcript.passages.any(and_(*SUGGESTED))),
        "written_drafts": _written(ContributionState.DRAFT),
        "written_given": _written(ContributionState.GIVEN),
        "mails_failed": _count(OutboxMessage).where(OutboxMessage.state == MailState.FAILED),
        "mails_kept": _count(OutboxMessage).where(OutboxMessage.state == MailState.KEPT),
    }
    row = db.session.execute(select(*(query.scalar_subquery().label(name) for name, query in wanted.items()))).one()
    return Numbers(**row._mapping)


def _count(rows: type[Model]) -> Select[int]:
    return select(func.count()).select_from(rows)


def _volunteers(state: VolunteerState) -> Select[int]:
    return _count(Volunteer).where(Volunteer.state == state)


def _unbooked_volunteers() -> Select[int]:
    is_booked = exists().where(Booking.volunteer_id == Volunteer.id, Booking.status == BookingStatus.BOOKED)
    return _volunteers(VolunteerState.ACCEPTED).where(~is_booked)


def _coming_interviews() -> Select[int]:
    return _count(Booking).join(Booking.slot).where(Booking.status == BookingStatus.BOOKED, Slot.ends_at > clock.now())


def _waiting_recordings() -> Select[int]:
    """Here, not refused, and no text of them yet."""
    return _count(Recording).where(
        Recording.state != RecordingState.REFUSED, ~Recording.transcripts.any(), ~_has_failed()
    )


def _failed_recordings() -> Select[int]:
    return _count(Recording).where(or_(Recording.state == RecordingState.REFUSED, _has_failed()))


def _has_failed() -> ColumnElement[bool]:
    """On Recording: its newest job of some name ended without success."""
    later = aliased(Job)
    is_last = ~exists().where(
        later.name == Job.name, later.subject_id == Job.subject_id, later.created_at > Job.created_at
    )
    return exists().where(Job.subject_id == Recording.id, Job.state == JobState.FAILED, is_last)


def _written(state: ContributionState) -> Select[int]:
    return _count(Contribution).where(Contribution.mode == Mode.WRITTEN, Contribution.state == state)
