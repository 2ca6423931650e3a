"""One reminder of what somebody began to write, a week before the call closes. Callers commit."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from core import clock
from core.database import db
from core.mail import Mail
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from core.urls import build_absolute_url
from evidence.calls import get_local_date, is_open, list_published_calls
from evidence.models import Answer, Call, Contact, Contribution, ContributionState, Mode
from evidence.participants import create_own_page_url
from evidence.stop_tokens import StopPurpose, build_stop_token, parse_stop_token

DAYS_BEFORE_CLOSING = 7
QUIET_PERIOD = timedelta(days=2)  # nobody who was writing yesterday needs a reminder


def list_due_reminders() -> list[UUID]:
    """Contributions of people whose address is confirmed, who wrote something and did not say no."""
    due = [call.id for call in list_published_calls() if _is_about_to_close(call)]
    has_words = exists().where(Answer.contribution_id == Contribution.id, Answer.text != "")
    quiet_since = clock.now() - QUIET_PERIOD
    is_writing = exists().where(Answer.contribution_id == Contribution.id, Answer.updated_at > quiet_since)
    query = (
        select(Contribution.id)
        .join(Contact, Contact.participant_id == Contribution.participant_id)
        .where(Contribution.call_id.in_(due), *_list_conditions(), has_words, ~is_writing)
        .where(Contact.email != "", Contact.confirmed_at.is_not(None))
    )
    return list(db.session.scalars(query.order_by(Contribution.created_at)))


def remind(contribution_id: UUID) -> None:
    """Once only: does nothing if it was done, sent or declined since it was listed."""
    query = select(Contribution).where(Contribution.id == contribution_id, *_list_conditions())
    contribution = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()
    if contribution is None or contribution.participant.contact is None or not is_open(contribution.call):
        return
    contribution.reminded_at = clock.now()
    mail = _compose_mail(contribution, contribution.participant.contact.email, build_stop_url(contribution))
    queue_mail(mail, is_secret=True)


def build_stop_url(contribution: Contribution) -> str:
    token = build_stop_token(StopPurpose.REMINDERS, contribution.id)
    return build_absolute_url("evidence.stop_reminders", token=token)


def find_contribution_to_stop(token: str) -> Contribution | None:
    contribution_id = parse_stop_token(StopPurpose.REMINDERS, token)
    return db.session.get(Contribution, contribution_id) if contribution_id else None


def stop_reminders(contribution: Contribution) -> None:
    """For everything that this person began to write."""
    query = select(Contribution).where(Contribution.participant_id == contribution.participant_id)
    for own in db.session.scalars(query):
        own.wants_reminder = False


def _compose_mail(contribution: Contribution, email: str, stop: str) -> Mail:
    mail = render_mail(
        "evidence/draft_reminder",
        recipient=email,
        subject="A reminder from Listening Post",  # says nothing of what it is about: others may see it
        call=contribution.call,
        address=create_own_page_url(contribution.participant, contribution.call),
        stop=stop,
    )
    return replace(mail, unsubscribe_url=stop)


def _list_conditions() -> tuple[ColumnElement[bool], ...]:
    return (
        Contribution.mode == Mode.WRITTEN,
        Contribution.state == ContributionState.DRAFT,
        Contribution.reminded_at.is_(None),
        Contribution.wants_reminder.is_(True),
    )


def _is_about_to_close(call: Call) -> bool:
    return is_open(call) and call.closes_on - get_local_date(call) <= timedelta(days=DAYS_BEFORE_CLOSING)
