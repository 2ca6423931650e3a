"""Staff sign in with an emailed link, which works once within 15 minutes. There are no passwords."""

from datetime import timedelta

from sqlalchemy import select

from accounts import audit, second_factor
from accounts.access import begin_staff_session, current_person, end_session
from accounts.links import LinkNotValidError, consume_link, create_link, get_valid_link
from accounts.models import AccessLink, LinkPurpose, StaffMember
from core import clock, public_mail
from core.database import db
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from core.urls import build_absolute_url

LINK_LIFETIME_MINUTES = 15
LINK_LIFETIME = timedelta(minutes=LINK_LIFETIME_MINUTES)
SEND_SIGN_IN_LINK = "send sign-in link"


def request_sign_in_link(email: str, *, next_path: str | None = None) -> None:
    public_mail.request_mail(SEND_SIGN_IN_LINK, email, next_path=next_path)


def send_sign_in_link(email: str, *, next_path: str | None = None) -> None:
    """Does nothing if the address is unknown, so that nobody learns who is staff."""
    member = find_member_by_email(email)
    if member is None or not member.is_active:
        audit.record("sign-in link asked for by somebody who is not staff")
        return
    mail = render_mail(
        "accounts/sign_in",
        recipient=member.email,
        subject="Your link to sign in",
        name=member.name,
        address=create_sign_in_url(member, next_path=next_path),
        minutes=LINK_LIFETIME_MINUTES,
    )
    queue_mail(mail, is_secret=True)


def create_sign_in_url(member: StaffMember, *, next_path: str | None = None) -> str:
    token = create_link(LinkPurpose.SIGN_IN, member.id, expires_at=clock.now() + LINK_LIFETIME)
    return build_absolute_url("accounts.confirm_sign_in", token=token, next=next_path)


def get_member_by_token(token: str) -> StaffMember:
    """Does not use the link. Raises LinkNotValidError."""
    return _get_active_member(get_valid_link(token, LinkPurpose.SIGN_IN))


def sign_in_by_token(token: str) -> StaffMember:
    """Uses the link. Raises LinkNotValidError."""
    member = _get_active_member(consume_link(token, LinkPurpose.SIGN_IN))
    is_needed = second_factor.is_needed(member.id)
    begin_staff_session(member, is_verified=not is_needed)
    if is_needed and not second_factor.is_set_up(member.id):
        second_factor.start_set_up(member)
    audit.record("signed in", member)
    return member


def record_failure() -> None:
    db.session.rollback()
    audit.record("sign-in failed")


def sign_out() -> None:
    person = current_person()
    if person is not None and person.is_staff:
        audit.record("signed out", db.session.get(StaffMember, person.id))
    end_session()


def find_member_by_email(email: str) -> StaffMember | None:
    return db.session.scalars(select(StaffMember).where(StaffMember.email == email.strip().lower())).first()


def _get_active_member(link: AccessLink) -> StaffMember:
    member = db.session.get(StaffMember, link.subject_id)
    if member is None or not member.is_active:
        raise LinkNotValidError("This link no longer works. Contact the coordinator.")
    return member
