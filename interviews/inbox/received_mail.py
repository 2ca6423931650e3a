"""Process one received email: a calendar reply, a bounce, or neither.

The same email is processed once, however often it arrives. None of its text is kept; callers commit.
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
from interviews.ical.mail_parts import MailNotReadableError, get_sender, parse_mail_bytes
from interviews.ical.reply_parser import ParsedReply, ReplyNotReadableError, parse_reply_mail
from interviews.inbox.bounces import Bounce, parse_bounce
from interviews.inbox.delivery_failures import record_bounce
from interviews.inbox.record_reply import ReceivedMailOutcome, record_parsed_reply
from interviews.inbox.sender_authentication import is_sender_authenticated
from interviews.models import ReceivedMail

MAX_MAIL_BYTES = 5 * 1024 * 1024  # replies have a few thousand; a bounce may contain our whole email
RETENTION = timedelta(days=400)
OUTCOMES_LEFT_TO_STAFF = frozenset(
    {
        ReceivedMailOutcome.UNKNOWN_EVENT,
        ReceivedMailOutcome.WRONG_SENDER,
        ReceivedMailOutcome.NOT_AUTHENTICATED,
        ReceivedMailOutcome.NOT_A_REPLY,
    }
)


@dataclass(frozen=True, slots=True)
class AnalysedMail:
    content_hash: str  # of the whole email
    meaning: Bounce | ParsedReply | ReceivedMailOutcome  # an outcome: there is nothing to record


def process_mail(content: bytes) -> ReceivedMailOutcome:
    return record_mail(analyse_mail(content))


def analyse_mail(content: bytes) -> AnalysedMail:
    """The slow half: it does not use the database, so that no transaction is open meanwhile."""
    return AnalysedMail(hashlib.sha256(content).hexdigest(), _find_meaning(content))


def record_mail(analysed: AnalysedMail) -> ReceivedMailOutcome:
    """Idempotent."""
    content_hash = analysed.content_hash
    row = ReceivedMail(content_hash=content_hash, outcome=ReceivedMailOutcome.NOT_A_REPLY, received_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        earlier = db.session.scalars(
            select(ReceivedMail.outcome).where(ReceivedMail.content_hash == content_hash)
        ).one()
        return ReceivedMailOutcome(earlier)
    outcome = _apply_meaning(analysed.meaning)
    row.outcome = outcome.value
    db.session.flush()
    return outcome


def delete_old_records() -> None:
    db.session.execute(delete(ReceivedMail).where(ReceivedMail.received_at < clock.now() - RETENTION))


def _apply_meaning(meaning: Bounce | ParsedReply | ReceivedMailOutcome) -> ReceivedMailOutcome:
    if isinstance(meaning, Bounce):
        return record_bounce(meaning)
    return record_parsed_reply(meaning) if isinstance(meaning, ParsedReply) else meaning


def _find_meaning(content: bytes) -> Bounce | ParsedReply | ReceivedMailOutcome:
    if len(content) > MAX_MAIL_BYTES:
        return ReceivedMailOutcome.NOT_A_REPLY
    try:
        mail = parse_mail_bytes(content)
        bounce = parse_bounce(mail)
        return bounce if bounce is not None and bounce.message_ids else _find_reply(mail)
    except (MailNotReadableError, ReplyNotReadableError):
        return ReceivedMailOutcome.NOT_A_REPLY


def _find_reply(mail: EmailMessage) -> ParsedReply | ReceivedMailOutcome:
    answer = parse_reply_mail(mail)
    server, sender = current_settings().reply_authenticator, get_sender(mail)
    if server and sender and not is_sender_authenticated(mail, sender, server=server):
        return ReceivedMailOutcome.NOT_AUTHENTICATED
    return answer
