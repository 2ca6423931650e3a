"""The receipt of a withdrawal: a page behind a link that works when the person's own page is gone. Callers commit."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.links import create_link, get_valid_link
from accounts.models import LinkPurpose
from core import clock
from core.database import db
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from core.urls import build_absolute_url
from evidence.models import Participant
from privacy.models import WithdrawalRequest, WithdrawalState

RECEIPT_LIFETIME = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    title: str
    found: int
    is_done: bool


def create_receipt_url(row: WithdrawalRequest) -> str:
    token = create_link(LinkPurpose.RECEIPT, row.id, expires_at=clock.now() + RECEIPT_LIFETIME)
    return build_absolute_url("privacy.show_receipt", token=token)


def get_request_by_token(token: str) -> WithdrawalRequest:
    """Raises LinkNotValidError."""
    return db.session.get_one(WithdrawalRequest, get_valid_link(token, LinkPurpose.RECEIPT).subject_id)


def list_traces(row: WithdrawalRequest) -> list[ReceiptLine]:
    return [ReceiptLine(trace["title"], trace["found"], trace["left"] == 0) for trace in row.traces]


def is_done(row: WithdrawalRequest) -> bool:
    return row.state is WithdrawalState.DONE and all(trace.is_done for trace in list_traces(row))


def mail_receipt(row: WithdrawalRequest, participant: Participant, address: str) -> None:
    """The last email to somebody who wants none, so that they can see what has happened."""
    contact = participant.contact
    if contact is None or not contact.email or contact.confirmed_at is None:
        return
    mail = render_mail(
        "privacy/withdrawal_received",
        recipient=contact.email,
        subject="What you withdrew",
        withdrawal=row,
        address=address,
    )
    queue_mail(mail, is_secret=True)
