"""Outgoing mail as coordinators see it; secret mails stay hidden. Sending: core.outbox."""

import re
from dataclasses import dataclass

from sqlalchemy import func, select

from accounts import audit
from core import outbox
from core.database import db
from core.errors import RuleError
from core.models import MailState, OutboxMessage
from core.settings import current_settings

PAGE_LENGTH = 50
HIDDEN_LINK_TEXT = "[a personal link, hidden here]"
RESENDABLE_STATES = frozenset({MailState.FAILED, MailState.SAVED_AS_FILE})


class MailNotResendableError(RuleError): ...


@dataclass(frozen=True, slots=True)
class MailPage:
    mails: list[OutboxMessage]
    number: int  # from 1
    is_last: bool


def list_mails(state: MailState | None, page: int) -> MailPage:
    query = select(OutboxMessage).order_by(OutboxMessage.number.desc())
    if state is not None:
        query = query.where(OutboxMessage.state == state)
    first = (page - 1) * PAGE_LENGTH
    rows = list(db.session.scalars(query.offset(first).limit(PAGE_LENGTH + 1)))
    return MailPage(rows[:PAGE_LENGTH], page, is_last=len(rows) <= PAGE_LENGTH)


def count_by_state() -> dict[MailState, int]:
    counted = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    counts = {state: number for state, number in db.session.execute(counted)}  # noqa: C416 rows are no pairs to mypy
    return {state: counts.get(state, 0) for state in MailState}


def redact_secret_links(row: OutboxMessage) -> str:
    """Anyone who reads a sign-in link could sign in as someone else. Meeting links stay; what people wrote does not."""
    if row.has_own_words:
        return ""
    ours = re.compile(re.escape(current_settings().base_url) + r"\S*", re.IGNORECASE)
    return ours.sub(HIDDEN_LINK_TEXT, row.text) if row.is_secret else row.text


def can_resend(row: OutboxMessage) -> bool:
    return row.state in RESENDABLE_STATES and row.recipient != ""  # empty: deleted after it was sent


def resend(row: OutboxMessage) -> None:
    db.session.refresh(row, with_for_update=True)  # pressing twice sends it once
    if not can_resend(row):
        raise MailNotResendableError("This email has been sent or is about to be sent.")
    outbox.resend(row)
    audit.record("mail sent again", number=row.number)
