"""People whose words we hold or hope to, and the signed links to their own page. What they gave: contributions.py."""

import secrets
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from accounts.links import create_link, revoke_links
from accounts.models import AccessLink, LinkPurpose
from core import clock
from core.database import db
from core.errors import RuleError
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from core.text_cleaning import clean_single_line, clean_text, normalise_email
from core.urls import build_absolute_url
from evidence.models import Call, Contact, Contribution, Participant

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is easily taken for another
REFERENCE_LENGTH = 5
MAX_REFERENCE_ATTEMPTS = 20
LINK_LIFETIME = timedelta(days=30)  # after the call closes
MIN_LINK_LIFETIME = timedelta(days=7)  # of a link asked for later than that
MAX_LINKS_PER_PERIOD = 5  # in PERIOD to one address: a mailbox is not to be flooded by somebody who knows it
LINK_LIMIT_PERIOD = timedelta(minutes=15)


class TooManyLinksError(RuleError):
    """Several links went to this address within minutes."""


def create_participant(*, name: str = "", email: str = "", phone: str = "", postal_address: str = "") -> Participant:
    """A participant with a random reference; name and contact go into their own table."""
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
    raise RuntimeError("No free reference was found.")


def list_participants_by_email(email: str) -> list[Participant]:
    """All who gave this address: one person may have written and offered an interview separately."""
    if not normalise_email(email):
        return []
    wanted = select(Participant).join(Contact).where(Contact.email == normalise_email(email))
    return list(db.session.scalars(wanted.order_by(Participant.created_at)))


def create_own_page_url(participant: Participant, call: Call) -> str:
    """The full address of a fresh signed link to the person's own page. It is kept nowhere else."""
    expires_at = max(get_link_expiry(call), clock.now() + MIN_LINK_LIFETIME, _get_latest_link_expiry(participant))
    token = create_link(LinkPurpose.OWN_PAGE, participant.id, expires_at=expires_at)
    return build_absolute_url("evidence.open_link", token=token)


def get_link_expiry(call: Call) -> datetime:
    """30 days after the last moment of the call's last day."""
    day_after = datetime.combine(call.closes_on + timedelta(days=1), time(), ZoneInfo(call.zone))
    return day_after.astimezone(UTC) + LINK_LIFETIME


def mail_links(email: str) -> None:
    """Mail fresh links to whoever gave this address. Says nothing either way, so that nobody learns who took part."""
    pages = [
        (participant, call)
        for participant in list_participants_by_email(email)
        for call in _list_calls_taken_part_in(participant)
    ]
    if not pages or count_recent_links(email) >= MAX_LINKS_PER_PERIOD:
        return
    _mail_page_links(email, pages)


def require_below_link_limit(email: str) -> None:
    """Raises TooManyLinksError."""
    if count_recent_links(email) >= MAX_LINKS_PER_PERIOD:
        raise TooManyLinksError(
            "Several links were sent to this address in the last minutes. Open the newest, or try again in 15 minutes."
        )


def count_recent_links(email: str) -> int:
    wanted = select(func.count()).select_from(AccessLink).join(Contact, Contact.participant_id == AccessLink.subject_id)
    return (
        db.session.scalar(
            wanted.where(
                Contact.email == normalise_email(email),
                AccessLink.purpose == LinkPurpose.OWN_PAGE,
                AccessLink.created_at > clock.now() - LINK_LIMIT_PERIOD,
            )
        )
        or 0
    )


def update_email(participant: Participant, email: str) -> None:
    """Another email address, with a fresh link; those that went to the old one open nothing from now on.

    Raises TooManyLinksError.
    """
    require_below_link_limit(email)
    if participant.contact is None:
        participant.contact = Contact()
    participant.contact.email = normalise_email(email)
    revoke_links(LinkPurpose.OWN_PAGE, participant.id)
    db.session.flush()
    _mail_page_links(email, [(participant, call) for call in _list_calls_taken_part_in(participant)])


def _mail_page_links(email: str, pages: list[tuple[Participant, Call]]) -> None:
    addresses = [(call.title, create_own_page_url(participant, call)) for participant, call in pages]
    mail = render_mail(
        "evidence/personal_links", recipient=normalise_email(email), subject="Your personal link", pages=addresses
    )
    queue_mail(mail, is_secret=True)


def _list_calls_taken_part_in(participant: Participant) -> list[Call]:
    own = select(Contribution.call_id).where(Contribution.participant_id == participant.id)
    return list(db.session.scalars(select(Call).where(Call.id.in_(own)).order_by(Call.opens_on)))


def _get_latest_link_expiry(participant: Participant) -> datetime:
    """A booking may have lengthened earlier links; a fresh one lives as long."""
    wanted = select(AccessLink.expires_at).where(
        AccessLink.purpose == LinkPurpose.OWN_PAGE,
        AccessLink.subject_id == participant.id,
        AccessLink.revoked_at.is_(None),
    )
    return db.session.scalars(wanted.order_by(AccessLink.expires_at.desc()).limit(1)).first() or clock.now()


def _generate_reference() -> str:
    return "P-" + "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))
