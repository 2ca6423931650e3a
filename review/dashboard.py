"""The plain numbers on the first page of staff. Counts only; who should do what next stands in next_steps.py."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select

from core import clock
from core.database import Model, db
from core.models import MailState, OutboxMessage
from evidence.models import Contribution, ContributionState, Mode
from interviews.calendars.attention import counted_trouble
from interviews.models import (
    STANDING,
    Booking,
    BookingStatus,
    MessageToStaff,
    Slot,
    Volunteer,
    VolunteerState,
    WriteUpComment,
)
from review.recording_stages import has_failed, is_kept, is_stuck, is_to_decide, is_waiting
from transcripts.models import Recording, Transcript


@dataclass(frozen=True, slots=True)
class Numbers:
    volunteers_offered: int
    volunteers_unbooked: int
    coming_interviews: int
    interviews_unsettled: int
    messages_unread: int
    comments_unread: int
    replies_open: int
    recordings_waiting: int
    recordings_failed: int
    imports_stuck: int
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
        "coming_interviews": _booked().where(Slot.ends_at > clock.now()),
        "interviews_unsettled": _booked().where(Slot.ends_at <= clock.now()),
        "messages_unread": _count(MessageToStaff).where(MessageToStaff.read_at.is_(None)),
        "comments_unread": _count(WriteUpComment).where(WriteUpComment.read_at.is_(None)),
        "replies_open": counted_trouble(),
        "recordings_waiting": _recordings(is_waiting()),
        "recordings_failed": _recordings(has_failed()),
        "imports_stuck": _count(Transcript).where(is_stuck()),
        "transcripts_to_decide": _count(Transcript).where(is_to_decide()),
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
    with_interview = select(Booking.volunteer_id).where(Booking.status.in_(STANDING), Booking.is_group.is_(False))
    return _volunteers(VolunteerState.ACCEPTED).where(Volunteer.id.not_in(with_interview))


def _booked() -> Select[int]:
    """Interviews with one person of which nobody has noted the outcome."""
    one_to_one = _count(Booking).join(Booking.slot).where(Booking.is_group.is_(False))
    return one_to_one.where(Booking.status == BookingStatus.BOOKED)


def _recordings(condition: ColumnElement[bool]) -> Select[int]:
    return _count(Recording).where(is_kept(), condition)


def _written(state: ContributionState) -> Select[int]:
    return _count(Contribution).where(Contribution.mode == Mode.WRITTEN, Contribution.state == state)
