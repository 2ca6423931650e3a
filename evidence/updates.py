"""“Hear what comes next”: addresses that were left for updates, confirmed by link, with a way off. Callers commit."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from accounts.links import consume_link, create_link, get_valid_link
from accounts.models import LinkPurpose
from core import clock, public_mail
from core.database import db
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from core.text_cleaning import normalise_email
from core.urls import build_absolute_url
from evidence.calls import describe_sender
from evidence.models import Call, InterestedAddress
from evidence.stop_tokens import StopPurpose, build_stop_token, parse_stop_token

LINK_LIFETIME = timedelta(days=30)  # an address that nobody confirmed is deleted after that


def request_updates(call: Call, email: str) -> None:
    """The caller cannot see whether the address was known."""
    row = _get_or_create_address(call, normalise_email(email))
    if not public_mail.count_mail_to(email):
        return
    token = create_link(LinkPurpose.UPDATES, row.id, expires_at=clock.now() + LINK_LIFETIME)
    mail = render_mail(
        "evidence/confirm_updates",
        recipient=row.email,
        subject="Confirm that you want updates",
        sender=describe_sender(call),
        call=call,
        address=build_absolute_url("evidence.confirm_updates", token=token),
        days=LINK_LIFETIME.days,
    )
    queue_mail(mail, is_secret=True)


def get_call_by_token(token: str) -> Call | None:
    """Does not use the link up. None: the address was removed. Raises LinkNotValidError."""
    return _find_call(get_valid_link(token, LinkPurpose.UPDATES).subject_id)


def confirm_updates(token: str) -> None:
    """Raises LinkNotValidError."""
    row = db.session.get(InterestedAddress, consume_link(token, LinkPurpose.UPDATES).subject_id)
    if row is not None:
        row.confirmed_at = row.confirmed_at or clock.now()


def build_unsubscribe_url(row_id: UUID) -> str:
    return build_absolute_url("evidence.stop_updates", token=build_stop_token(StopPurpose.UPDATES, row_id))


def find_call_to_stop(token: str) -> Call | None:
    row_id = parse_stop_token(StopPurpose.UPDATES, token)
    return _find_call(row_id) if row_id else None


def stop_updates(token: str) -> None:
    if row_id := parse_stop_token(StopPurpose.UPDATES, token):
        db.session.execute(delete(InterestedAddress).where(InterestedAddress.id == row_id))


def list_interested_addresses(call: Call) -> list[InterestedAddress]:
    query = select(InterestedAddress).where(
        InterestedAddress.call_id == call.id, InterestedAddress.confirmed_at.is_not(None)
    )
    return list(db.session.scalars(query.order_by(InterestedAddress.created_at, InterestedAddress.id)))


def delete_unconfirmed_addresses() -> None:
    old = InterestedAddress.created_at < clock.now() - LINK_LIFETIME
    db.session.execute(delete(InterestedAddress).where(InterestedAddress.confirmed_at.is_(None), old))


def _get_or_create_address(call: Call, email: str) -> InterestedAddress:
    row = InterestedAddress(call_id=call.id, email=email, created_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        known = select(InterestedAddress).where(InterestedAddress.call_id == call.id, InterestedAddress.email == email)
        return db.session.scalars(known).one()
    return row


def _find_call(row_id: UUID) -> Call | None:
    row = db.session.get(InterestedAddress, row_id)
    return db.session.get(Call, row.call_id) if row else None
