"""Tell somebody, once, that they were thought of. Of them nothing is kept but a mark that no one can read back."""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from accounts import audit
from accounts.links import make_link, valid_link
from accounts.models import LinkPurpose
from core import clock
from core.addresses import address_of
from core.database import db
from core.errors import RuleError
from core.mail_pages import compose
from core.outbox import queue_mail
from evidence.models import Call
from evidence.participants import end_of_links
from evidence.words import normal_address
from interviews.address_marks import address_mark
from interviews.models import RecentNomination
from interviews.volunteers import require_interviews

PAUSE = timedelta(days=30)  # in which nobody is mailed twice
PERIOD = timedelta(hours=1)
MOST_NOMINATIONS = 60  # in PERIOD, by everybody: this form must be of no use for sending mail in bulk


class TooManyNominationsError(RuleError):
    """More people were nominated lately than can be meant honestly."""


def nominate(call: Call, email: str) -> None:
    """Mail somebody an invitation to take part, unless they had one within 30 days; the caller cannot tell.

    Raises TooManyNominationsError, NotOfferedError, CallNotOpenError.
    """
    require_interviews(call)
    _forget_old_marks()
    _require_room()
    try:
        with db.session.begin_nested():
            db.session.add(RecentNomination(address_mark=address_mark(email), mailed_at=clock.now()))
    except IntegrityError:
        return
    token = make_link(LinkPurpose.NOMINATION, call.id, expires_at=end_of_links(call))
    mail = compose(
        "interviews/nominated",
        recipient=normal_address(email),
        subject="Somebody thought that you might like to take part",
        call=call,
        address=address_of("interviews.open_nomination", token=token),
        days=PAUSE.days,
    )
    queue_mail(mail, is_secret=True)
    audit.record("somebody nominated", call)


def nominated_call(token: str) -> Call:
    """The call that a nominee's link is about. Raises LinkNotValidError."""
    return db.session.get_one(Call, valid_link(token, LinkPurpose.NOMINATION).subject_id)


def _forget_old_marks() -> None:
    db.session.execute(delete(RecentNomination).where(RecentNomination.mailed_at <= clock.now() - PAUSE))


def _require_room() -> None:
    lately = select(func.count()).where(RecentNomination.mailed_at > clock.now() - PERIOD)
    if (db.session.scalar(lately) or 0) >= MOST_NOMINATIONS:
        raise TooManyNominationsError("Very many people were nominated within an hour. Please try again later.")
