"""Email somebody, once, that they were suggested. All we keep of them is a hash of their address."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from accounts import audit
from accounts.links import create_link, get_valid_link
from accounts.models import LinkPurpose
from core import clock, public_mail
from core.database import db
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from core.text_cleaning import normalise_email
from core.urls import build_absolute_url
from evidence.calls import describe_sender
from evidence.models import Call
from evidence.participants import get_link_expiry
from interviews.models import RecentNomination
from interviews.volunteers.address_hashes import hash_address
from interviews.volunteers.volunteers import require_interviews_open

RENOMINATION_INTERVAL = timedelta(days=30)  # nobody is emailed twice within it


def nominate(call: Call, email: str) -> None:
    """Sends no email if the person had one within 30 days, or at the limits of core/public_mail.py.

    Raises InterviewsNotOfferedError, CallNotOpenError.
    """
    require_interviews_open(call)
    _delete_old_nominations()
    if not public_mail.count_mail_to(email):
        return
    try:
        with db.session.begin_nested():
            db.session.add(RecentNomination(address_hash=hash_address(email), mailed_at=clock.now()))
    except IntegrityError:
        return
    token = create_link(LinkPurpose.NOMINATION, call.id, expires_at=get_link_expiry(call))
    mail = render_mail(
        "interviews/volunteers/nominated",
        recipient=normalise_email(email),
        subject="Someone thought you might like to take part",
        sender=describe_sender(call),
        call=call,
        address=build_absolute_url("interviews.open_nomination", token=token),
        days=RENOMINATION_INTERVAL.days,
    )
    queue_mail(mail, is_secret=True)
    audit.record("somebody nominated", call)


def get_nominated_call(token: str) -> Call:
    return db.session.get_one(Call, get_valid_link(token, LinkPurpose.NOMINATION).subject_id)


def _delete_old_nominations() -> None:
    db.session.execute(
        delete(RecentNomination).where(RecentNomination.mailed_at <= clock.now() - RENOMINATION_INTERVAL)
    )
