"""The counts on the page “Today”. Lists of what to do next: next_steps.py."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select

from core import clock
from core.database import Model, db
from core.models import MailState, OutboxMessage
from evidence.models import ConsentChange, Contribution, ContributionState, Mode
from interviews.inbox.needs_attention import select_attention_count
from interviews.models import (
    Booking,
    BookingStatus,
    MessageToStaff,
    Slot,
    Volunteer,
    VolunteerState,
    WriteUpComment,
)
from review.reading.recording_stages import (
    has_failed,
    has_failed_mapping,
    has_open_suggestions,
    is_awaiting_transcript,
    is_open_to_listeners,
)
from transcripts.models import Recording, Transcript


@dataclass(frozen=True, slots=True)
class DashboardCounts:
    volunteers_offered: int
    volunteers_unbooked: int
    upcoming_interviews: int
    interviews_without_outcome: int
    messages_unread: int
    comments_unread: int
    replies_open: int
    consent_changes: int
    recordings_waiting: int
    recordings_failed: int
    imports_failed: int
    transcripts_with_suggestions: int
    written_drafts: int
    written_waiting: int
    written_submitted: int
    mails_failed: int
    mails_saved_as_files: int


def get_dashboard_counts() -> DashboardCounts:
    queries = {
        "volunteers_offered": _select_volunteer_count(VolunteerState.SIGNED_UP),
        "volunteers_unbooked": _select_unbooked_volunteer_count(),
        "upcoming_interviews": _select_booked_interview_count().where(Slot.ends_at > clock.now()),
        "interviews_without_outcome": _select_booked_interview_count().where(Slot.ends_at <= clock.now()),
        "messages_unread": _select_count(MessageToStaff).where(MessageToStaff.read_at.is_(None)),
        "comments_unread": _select_count(WriteUpComment).where(WriteUpComment.read_at.is_(None)),
        "replies_open": select_attention_count(),
        "consent_changes": _select_count(ConsentChange).where(ConsentChange.settled_at.is_(None)),
        "recordings_waiting": _select_recording_count(is_awaiting_transcript()),
        "recordings_failed": _select_recording_count(has_failed()),
        "imports_failed": _select_count(Transcript).where(has_failed_mapping()),
        "transcripts_with_suggestions": _select_count(Transcript).where(has_open_suggestions()),
        "written_drafts": _select_written_count(ContributionState.DRAFT),
        "written_waiting": _select_written_count(ContributionState.WAITING),
        "written_submitted": _select_written_count(ContributionState.SUBMITTED),
        "mails_failed": _select_count(OutboxMessage).where(OutboxMessage.state == MailState.FAILED),
        "mails_saved_as_files": _select_count(OutboxMessage).where(OutboxMessage.state == MailState.SAVED_AS_FILE),
    }
    row = db.session.execute(select(*(query.scalar_subquery().label(name) for name, query in queries.items()))).one()
    return DashboardCounts(**row._mapping)


def _select_count(rows: type[Model]) -> Select[int]:
    return select(func.count()).select_from(rows)


def _select_volunteer_count(state: VolunteerState) -> Select[int]:
    return _select_count(Volunteer).where(Volunteer.state == state)


def _select_unbooked_volunteer_count() -> Select[int]:
    with_interview = select(Booking.volunteer_id).where(Booking.is_confirmed_one_to_one)
    return _select_volunteer_count(VolunteerState.ACCEPTED).where(Volunteer.id.not_in(with_interview))


def _select_booked_interview_count() -> Select[int]:
    one_to_one = _select_count(Booking).join(Booking.slot).where(Booking.is_group.is_(False))
    return one_to_one.where(Booking.status == BookingStatus.BOOKED)


def _select_recording_count(condition: ColumnElement[bool]) -> Select[int]:
    return _select_count(Recording).where(is_open_to_listeners(), condition)


def _select_written_count(state: ContributionState) -> Select[int]:
    return _select_count(Contribution).where(Contribution.mode == Mode.WRITTEN, Contribution.state == state)
