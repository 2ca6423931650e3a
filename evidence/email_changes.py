"""Confirm an email address, and change one: nothing moves before the mailed link is used. Callers commit."""

from datetime import timedelta
from enum import StrEnum

from accounts import audit
from accounts.links import consume_link, create_link, get_valid_link, revoke_links
from accounts.models import LinkPurpose
from core import clock, public_mail
from core.database import db
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from core.text_cleaning import normalise_email
from core.urls import build_absolute_url
from evidence import written_contributions
from evidence.models import Contact, Participant
from evidence.participants import mail_own_links

LINK_LIFETIME = timedelta(days=7)


class EmailChange(StrEnum):
    UNCHANGED = "unchanged"
    SET = "set"  # there was no address before
    WAITING = "waiting"  # for the link to the new address


def confirm_email(participant: Participant) -> None:
    """Its owner has used a link that was mailed there: what they sent counts from now on."""
    contact = participant.contact
    if contact is None or not contact.email:
        return
    if contact.confirmed_at is None:
        contact.confirmed_at = clock.now()
        audit.record("email address confirmed", participant)
    db.session.flush()
    written_contributions.submit_waiting(participant)


def request_change(participant: Participant, email: str) -> EmailChange:
    """Raises TooManyMailsError."""
    contact = participant.contact or Contact()
    participant.contact = contact
    email = normalise_email(email)
    if email == contact.email:
        _forget_request(contact)
        return EmailChange.UNCHANGED
    public_mail.require_mail_allowed(email)
    if not contact.email:
        contact.email, contact.confirmed_at = email, None
        db.session.flush()
        mail_own_links(participant)
        return EmailChange.SET
    _forget_request(contact)
    contact.new_email = email
    _mail_confirmation(participant, email)
    audit.record("change of email address requested", participant)
    return EmailChange.WAITING


def get_participant_by_token(token: str) -> Participant:
    """Does not use the link up. Raises LinkNotValidError."""
    return db.session.get_one(Participant, get_valid_link(token, LinkPurpose.NEW_ADDRESS).subject_id)


def complete_change(token: str) -> Participant:
    """Uses the link up. Links to the old address stop working. Raises LinkNotValidError."""
    participant = db.session.get_one(Participant, consume_link(token, LinkPurpose.NEW_ADDRESS).subject_id)
    contact = participant.contact
    if contact is None or not contact.new_email:
        return participant
    _notify_old_address(contact)
    contact.email, contact.new_email, contact.confirmed_at = contact.new_email, "", None
    revoke_links(LinkPurpose.OWN_PAGE, participant.id)
    audit.record("email address changed", participant)
    confirm_email(participant)
    mail_own_links(participant)
    return participant


def _forget_request(contact: Contact) -> None:
    contact.new_email = ""
    revoke_links(LinkPurpose.NEW_ADDRESS, contact.participant_id)
    db.session.flush()


def _mail_confirmation(participant: Participant, email: str) -> None:
    token = create_link(LinkPurpose.NEW_ADDRESS, participant.id, expires_at=clock.now() + LINK_LIFETIME)
    mail = render_mail(
        "evidence/confirm_new_address",
        recipient=email,
        subject="Confirm your new email address",
        address=build_absolute_url("evidence.confirm_new_address", token=token),
        days=LINK_LIFETIME.days,
    )
    queue_mail(mail, is_secret=True)


def _notify_old_address(contact: Contact) -> None:
    """Always, if it was ever confirmed. Otherwise it may be somebody else's, and the limits of strangers apply."""
    if contact.confirmed_at is not None or public_mail.count_mail_to(contact.email):
        mail = render_mail(
            "evidence/address_changed", recipient=contact.email, subject="Your email address was changed"
        )
        queue_mail(mail)
