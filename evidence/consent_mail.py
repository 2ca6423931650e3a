"""Emails about consent: to the person when staff note something, to coordinators when something changes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from accounts import people
from accounts.models import StaffMember
from accounts.roles import Role
from core import clock
from core.database import db
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from core.urls import build_absolute_url
from evidence import consent_proposals
from evidence.calls import describe_sender
from evidence.consent_changes import ChangedDecision, read_changes
from evidence.consent_terms import ConsentUse
from evidence.models import Call, ConsentChange, ConsentProposal, Participant
from evidence.participants import create_own_page_url

MIN_TIME_BETWEEN_MAILS = timedelta(hours=1)  # to coordinators about one person, who may change their mind often


def mail_noted(participant: Participant, call: Call, noted: Mapping[ConsentUse, bool], *, by: UUID) -> bool:
    """False if there is no address."""
    email = get_email(participant)
    if email:
        mail = render_mail(
            "evidence/consent_noted",
            recipient=email,
            subject="We have noted what you allow",
            sender=describe_sender(call),
            call=call,
            staff_name=_get_staff_name(by),
            noted_on=clock.format_day(clock.now(), call.zone),
            answers=[(term.wording, noted[term.use]) for term in call.consent_terms if term.use in noted],
            address=create_own_page_url(participant, call),
        )
        queue_mail(mail, is_secret=True)
    return bool(email)


def mail_proposal(proposal: ConsentProposal) -> bool:
    """False if there is no address."""
    call, email = proposal.call, get_email(proposal.participant)
    if email:
        mail = render_mail(
            "evidence/consent_proposed",
            recipient=email,
            subject="Please confirm what you allow",
            sender=describe_sender(call),
            call=call,
            staff_name=_get_staff_name(proposal.noted_by),
            noted_on=clock.format_day(proposal.noted_at, call.zone),
            wordings=list_wordings(call, proposal.uses),
            address=consent_proposals.create_confirmation_url(proposal),
            days=consent_proposals.LINK_LIFETIME.days,
        )
        queue_mail(mail, is_secret=True)
    return bool(email)


def mail_coordinators(change: ConsentChange, *, is_newly_hidden: bool) -> None:
    now = clock.now()
    is_recent = change.mailed_at is not None and now - change.mailed_at < MIN_TIME_BETWEEN_MAILS
    if is_recent and not is_newly_hidden:
        return
    change.mailed_at = now
    for member in people.list_active_members(Role.COORDINATOR):
        mail = render_mail(
            "evidence/consent_changed",
            recipient=member.email,
            subject="Somebody has changed what they allow",
            call=change.call,
            reference=change.participant.reference,
            answers=describe_changes(change),
            hides_words=change.hides_words,
            erase_on=change.erase_on,
            address=build_absolute_url("evidence.list_consent_changes"),
        )
        queue_mail(mail)


def describe_changes(change: ConsentChange) -> Sequence[tuple[str, ChangedDecision]]:
    wordings = {term.use: term.wording for term in change.call.consent_terms}
    return [(wordings.get(item.use, item.use.value), item) for item in read_changes(change)]


def list_wordings(call: Call, uses: Collection[str]) -> list[str]:
    return [term.wording for term in call.consent_terms if term.use in uses]


def get_email(participant: Participant) -> str:
    return participant.contact.email if participant.contact else ""


def _get_staff_name(staff_id: UUID) -> str:
    member = db.session.get(StaffMember, staff_id)
    return member.name if member else "Our staff"
