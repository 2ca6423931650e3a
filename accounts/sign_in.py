"""Staff sign in by a mailed link, used once, within 15 minutes. No passwords anywhere."""

from datetime import timedelta

from sqlalchemy import func, select

from accounts import audit
from accounts.access import begin_staff_session
from accounts.links import LinkNotValidError, make_link, use_up, valid_link
from accounts.models import Link, LinkPurpose, StaffMember
from core import clock
from core.addresses import address_of
from core.database import db
from core.mail_pages import compose
from core.outbox import queue_mail

LIFETIME_MINUTES = 15
LIFETIME = timedelta(minutes=LIFETIME_MINUTES)
MOST_LINKS_PER_LIFETIME = 5  # a mailbox is not to be flooded by somebody who knows its address


def request_link(email: str, *, next_path: str | None = None) -> None:
    """Mail a sign-in link if the address is known. Says nothing either way, so that nobody learns who is staff."""
    member = member_with(email)
    if member is None or not member.is_active or _links_lately(member) >= MOST_LINKS_PER_LIFETIME:
        return
    mail = compose(
        "accounts/sign_in",
        recipient=member.email,
        subject="Your link to sign in",
        name=member.name,
        address=sign_in_address(member, next_path=next_path),
        minutes=LIFETIME_MINUTES,
    )
    queue_mail(mail, is_secret=True)


def sign_in_address(member: StaffMember, *, next_path: str | None = None) -> str:
    token = make_link(LinkPurpose.SIGN_IN, member.id, expires_at=clock.now() + LIFETIME)
    return address_of("accounts.confirm_sign_in", token=token, next=next_path)


def member_behind(token: str) -> StaffMember:
    """Who a link would sign in; does not use it up. Raises LinkNotValidError."""
    return _active_member(valid_link(token, LinkPurpose.SIGN_IN))


def sign_in(token: str) -> StaffMember:
    """Use the link up and begin a session of its member. Raises LinkNotValidError."""
    member = _active_member(use_up(token, LinkPurpose.SIGN_IN))
    begin_staff_session(member)
    audit.record("signed in", member)
    return member


def member_with(email: str) -> StaffMember | None:
    return db.session.scalars(select(StaffMember).where(StaffMember.email == email.strip().lower())).first()


def _active_member(link: Link) -> StaffMember:
    member = db.session.get(StaffMember, link.subject_id)
    if member is None or not member.is_active:
        raise LinkNotValidError("This link can no longer be used. Please speak to the coordinator.")
    return member


def _links_lately(member: StaffMember) -> int:
    lately = select(func.count()).where(
        Link.purpose == LinkPurpose.SIGN_IN, Link.subject_id == member.id, Link.created_at > clock.now() - LIFETIME
    )
    return db.session.scalar(lately) or 0
