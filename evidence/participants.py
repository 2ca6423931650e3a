"""People whose words we hold or hope to, and the signed links to their own page. What they gave: contributions.py."""

import secrets
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from accounts.links import make_link, revoke_links
from accounts.models import Link, LinkPurpose
from core import clock
from core.addresses import address_of
from core.database import db
from core.errors import RuleError
from core.mail_pages import compose
from core.outbox import queue_mail
from evidence.models import Call, Contact, Contribution, Participant
from evidence.words import cleaned, normal_address, one_line

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is easily taken for another
REFERENCE_LENGTH = 5
ATTEMPTS = 20
LINK_LIFETIME = timedelta(days=30)  # after the call closes
LEAST_LIFETIME = timedelta(days=7)  # of a link asked for later than that
MOST_LINKS = 5  # in PERIOD to one address: a mailbox is not to be flooded by somebody who knows it
PERIOD = timedelta(minutes=15)


class TooManyLinksError(RuleError):
    """Several links went to this address within minutes."""


def new_participant(*, name: str = "", email: str = "", phone: str = "", postal_address: str = "") -> Participant:
    """A participant with a random reference; name and contact go into their own table."""
    for _ in range(ATTEMPTS):
        try:
            with db.session.begin_nested():
                participant = Participant(reference=_random_reference(), created_at=clock.now())
                participant.contact = Contact(
                    name=one_line(name),
                    email=normal_address(email),
                    phone=one_line(phone),
                    postal_address=cleaned(postal_address).strip(),
                )
                db.session.add(participant)
            return participant
        except IntegrityError:
            continue
    raise RuntimeError("No free reference was found.")


def participants_with(email: str) -> list[Participant]:
    """All who gave this address: one person may have written and offered an interview separately."""
    if not normal_address(email):
        return []
    wanted = select(Participant).join(Contact).where(Contact.email == normal_address(email))
    return list(db.session.scalars(wanted.order_by(Participant.created_at)))


def own_page_address(participant: Participant, call: Call) -> str:
    """The full address of a fresh signed link to the person's own page. It is kept nowhere else."""
    expires_at = max(end_of_links(call), clock.now() + LEAST_LIFETIME, _latest_end(participant))
    token = make_link(LinkPurpose.OWN_PAGE, participant.id, expires_at=expires_at)
    return address_of("evidence.open_link", token=token)


def end_of_links(call: Call) -> datetime:
    """30 days after the last moment of the call's last day."""
    day_after = datetime.combine(call.closes_on + timedelta(days=1), time(), ZoneInfo(call.zone))
    return day_after.astimezone(UTC) + LINK_LIFETIME


def mail_links(email: str) -> None:
    """Mail fresh links to whoever gave this address. Says nothing either way, so that nobody learns who took part."""
    pages = [(participant, call) for participant in participants_with(email) for call in _calls_of(participant)]
    if not pages or links_lately(email) >= MOST_LINKS:
        return
    _mail_pages(email, pages)


def require_room_for_link(email: str) -> None:
    """Raises TooManyLinksError."""
    if links_lately(email) >= MOST_LINKS:
        raise TooManyLinksError(
            "Several links were sent to this address in the last minutes. Open the newest, or try again in 15 minutes."
        )


def links_lately(email: str) -> int:
    wanted = select(func.count()).select_from(Link).join(Contact, Contact.participant_id == Link.subject_id)
    return (
        db.session.scalar(
            wanted.where(
                Contact.email == normal_address(email),
                Link.purpose == LinkPurpose.OWN_PAGE,
                Link.created_at > clock.now() - PERIOD,
            )
        )
        or 0
    )


def move_to_address(participant: Participant, email: str) -> None:
    """Another email address, with a fresh link; those that went to the old one open nothing from now on.

    Raises TooManyLinksError.
    """
    require_room_for_link(email)
    if participant.contact is None:
        participant.contact = Contact()
    participant.contact.email = normal_address(email)
    revoke_links(LinkPurpose.OWN_PAGE, participant.id)
    db.session.flush()
    _mail_pages(email, [(participant, call) for call in _calls_of(participant)])


def _mail_pages(email: str, pages: list[tuple[Participant, Call]]) -> None:
    addresses = [(call.title, own_page_address(participant, call)) for participant, call in pages]
    mail = compose("evidence/links", recipient=normal_address(email), subject="Your personal link", pages=addresses)
    queue_mail(mail, is_secret=True)


def _calls_of(participant: Participant) -> list[Call]:
    own = select(Contribution.call_id).where(Contribution.participant_id == participant.id)
    return list(db.session.scalars(select(Call).where(Call.id.in_(own)).order_by(Call.opens_on)))


def _latest_end(participant: Participant) -> datetime:
    """A booking may have lengthened earlier links; a fresh one lives as long."""
    wanted = select(Link.expires_at).where(
        Link.purpose == LinkPurpose.OWN_PAGE, Link.subject_id == participant.id, Link.revoked_at.is_(None)
    )
    return db.session.scalars(wanted.order_by(Link.expires_at.desc()).limit(1)).first() or clock.now()


def _random_reference() -> str:
    return "P-" + "".join(secrets.choice(LETTERS) for _ in range(REFERENCE_LENGTH))
