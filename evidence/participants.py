"""People who take part, and the personal links to their page. What they sent: contributions.py."""

import secrets
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from accounts.links import create_link
from accounts.models import AccessLink, LinkPurpose
from core import clock, public_mail
from core.database import db
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from core.text_cleaning import clean_single_line, clean_text, normalise_email
from core.urls import build_absolute_url
from evidence.calls import describe_sender
from evidence.models import Call, Contact, Contribution, Participant

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no characters that look alike
REFERENCE_LENGTH = 5
MAX_REFERENCE_ATTEMPTS = 20
LINK_LIFETIME = timedelta(days=30)  # after the call closes
MIN_LINK_LIFETIME = timedelta(days=7)  # of a link requested later than that
MAIL_LINKS = "email personal links"


def create_participant(*, name: str = "", email: str = "", phone: str = "", postal_address: str = "") -> Participant:
    for _ in range(MAX_REFERENCE_ATTEMPTS):
        try:
            with db.session.begin_nested():
                participant = Participant(reference=_generate_reference(), created_at=clock.now())
                participant.contact = Contact(
                    name=clean_single_line(name),
                    email=normalise_email(email),
                    phone=clean_single_line(phone),
                    postal_address=clean_text(postal_address).strip(),
                )
                db.session.add(participant)
            return participant
        except IntegrityError:
            continue
    raise RuntimeError("No unused reference was found.")


def list_participants_by_email(email: str) -> list[Participant]:
    """Several if one person wrote and volunteered for an interview separately."""
    if not normalise_email(email):
        return []
    query = select(Participant).join(Contact).where(Contact.email == normalise_email(email))
    return list(db.session.scalars(query.order_by(Participant.created_at)))


def find_participant(reference: str) -> Participant | None:
    query = select(Participant).where(Participant.reference == reference.strip().upper())
    return db.session.scalars(query).first()


def create_own_page_url(participant: Participant, call: Call) -> str:
    expires_at = max(get_link_expiry(call), clock.now() + MIN_LINK_LIFETIME, _get_latest_link_expiry(participant))
    token = create_link(LinkPurpose.OWN_PAGE, participant.id, expires_at=expires_at)
    return build_absolute_url("evidence.open_link", token=token)


def get_link_expiry(call: Call) -> datetime:
    day_after = datetime.combine(call.closes_on + timedelta(days=1), time(), ZoneInfo(call.zone))
    return day_after.astimezone(UTC) + LINK_LIFETIME


def request_links(email: str) -> None:
    """Nobody learns from the answer who took part: the worker finds out."""
    public_mail.request_mail(MAIL_LINKS, email)


def mail_links(email: str) -> None:
    """Does nothing if the address is unknown."""
    pages = [
        (participant, call)
        for participant in list_participants_by_email(email)
        for call in _list_calls_taken_part_in(participant)
    ]
    if pages:
        _mail_page_links(email, pages)


def mail_own_links(participant: Participant) -> None:
    if participant.contact is not None and participant.contact.email:
        pages = [(participant, call) for call in _list_calls_taken_part_in(participant)]
        _mail_page_links(participant.contact.email, pages)


def is_email_confirmed(participant: Participant) -> bool:
    """True without an address: staff know the person by post or phone."""
    contact = participant.contact
    return contact is None or not contact.email or contact.confirmed_at is not None


def _mail_page_links(email: str, pages: list[tuple[Participant, Call]]) -> None:
    addresses = [(call.title, create_own_page_url(participant, call)) for participant, call in pages]
    calls = {call.id: call for _, call in pages}
    mail = render_mail(
        "evidence/personal_links",
        recipient=normalise_email(email),
        subject="Your personal link",
        sender=describe_sender(next(iter(calls.values()))) if len(calls) == 1 else None,
        pages=addresses,
    )
    queue_mail(mail, is_secret=True)


def _list_calls_taken_part_in(participant: Participant) -> list[Call]:
    own = select(Contribution.call_id).where(Contribution.participant_id == participant.id)
    return list(db.session.scalars(select(Call).where(Call.id.in_(own)).order_by(Call.opens_on)))


def _get_latest_link_expiry(participant: Participant) -> datetime:
    """A booking may have extended earlier links; a new one lasts as long."""
    query = select(AccessLink.expires_at).where(
        AccessLink.purpose == LinkPurpose.OWN_PAGE,
        AccessLink.subject_id == participant.id,
        AccessLink.revoked_at.is_(None),
    )
    return db.session.scalars(query.order_by(AccessLink.expires_at.desc()).limit(1)).first() or clock.now()


def _generate_reference() -> str:
    return "P-" + "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))
