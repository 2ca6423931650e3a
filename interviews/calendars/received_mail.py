"""Take one mail that came to the reply mailbox: a calendar's answer, a report about a delivery, or neither.

However often the same mail comes, by whatever way, it is taken once. Of its words nothing is kept; callers commit.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from core import clock
from core.database import db
from core.settings import current_settings
from interviews.calendars.authentication import is_vouched_for
from interviews.calendars.bounces import Bounce, read_bounce
from interviews.calendars.calendar_parts import MailNotReadableError, mail_from_bytes, sender_of
from interviews.calendars.deliveries import take_bounce
from interviews.calendars.replies import CalendarAnswer, ReplyNotReadableError, answer_in
from interviews.calendars.taking_replies import Outcome, take_answer
from interviews.models import ReceivedMail

MOST_BYTES = 5 * 1024 * 1024  # answers have some thousands; a report may bring our whole mail back
KEPT = timedelta(days=400)
FOR_PEOPLE = frozenset({Outcome.UNKNOWN_EVENT, Outcome.OTHER_SENDER, Outcome.NOT_VOUCHED_FOR, Outcome.OTHER_MAIL})


@dataclass(frozen=True, slots=True)
class ReadMail:
    """What a mail says, as far as it matters here."""

    mark: str  # a hash of the whole mail
    said: Bounce | CalendarAnswer | Outcome  # Outcome: nothing more is to be found out


def take_mail(content: bytes) -> Outcome:
    """What the mail was. One that was taken before changes nothing more."""
    return note(read_mail(content))


def read_mail(content: bytes) -> ReadMail:
    """The slow half, which needs no database: so it is done before a transaction begins."""
    return ReadMail(hashlib.sha256(content).hexdigest(), _said(content))


def note(read: ReadMail) -> Outcome:
    """What the mail was. One that was noted before changes nothing more."""
    mark = read.mark
    row = ReceivedMail(mark=mark, outcome=Outcome.OTHER_MAIL, received_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        earlier = db.session.scalars(select(ReceivedMail.outcome).where(ReceivedMail.mark == mark)).one()
        return Outcome(earlier)
    outcome = _taken(read.said)
    row.outcome = outcome.value
    db.session.flush()
    return outcome


def forget_old_mails() -> None:
    """Nobody sends a mail again after a year."""
    db.session.execute(delete(ReceivedMail).where(ReceivedMail.received_at < clock.now() - KEPT))


def _taken(said: Bounce | CalendarAnswer | Outcome) -> Outcome:
    if isinstance(said, Bounce):
        return take_bounce(said)
    return take_answer(said) if isinstance(said, CalendarAnswer) else said


def _said(content: bytes) -> Bounce | CalendarAnswer | Outcome:
    if len(content) > MOST_BYTES:
        return Outcome.OTHER_MAIL
    try:
        mail = mail_from_bytes(content)
        bounce = read_bounce(mail)
        return bounce if bounce is not None and bounce.message_ids else _answer(mail)
    except (MailNotReadableError, ReplyNotReadableError):
        return Outcome.OTHER_MAIL


def _answer(mail: EmailMessage) -> CalendarAnswer | Outcome:
    answer = answer_in(mail)
    server, sender = current_settings().reply_authenticator, sender_of(mail)
    if server and sender and not is_vouched_for(mail, sender, server=server):
        return Outcome.NOT_VOUCHED_FOR
    return answer
