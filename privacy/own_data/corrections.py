"""Correct what we have of somebody: their contact details themselves, everything else by asking. Callers commit."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from core.text_cleaning import clean_single_line, clean_text
from evidence.models import Contact, Contribution, Participant
from privacy.models import CorrectionRequest

MAX_OPEN_REQUESTS = 20


class TooManyCorrectionsError(RuleError): ...


def correct_contact(participant: Participant, *, name: str, phone: str, postal_address: str) -> None:
    contact = participant.contact or Contact(participant_id=participant.id)
    db.session.add(contact)
    contact.name, contact.phone = clean_single_line(name), clean_single_line(phone)
    contact.postal_address = clean_text(postal_address).strip()
    db.session.flush()
    audit.record("contact details corrected", participant)


def ask_for_correction(
    participant: Participant, contribution: Contribution | None, question_key: str, text: str
) -> CorrectionRequest:
    lock_row(participant)
    own = CorrectionRequest.participant_id == participant.id, CorrectionRequest.settled_at.is_(None)
    if (db.session.scalar(select(func.count(CorrectionRequest.id)).where(*own)) or 0) >= MAX_OPEN_REQUESTS:
        raise TooManyCorrectionsError("You have asked for many corrections already. We will look at those first.")
    row = CorrectionRequest(
        participant_id=participant.id,
        contribution_id=contribution.id if contribution else None,
        question_key=question_key,
        text=text,
        requested_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record("correction asked for", row)
    return row


def list_open() -> list[CorrectionRequest]:
    query = select(CorrectionRequest).where(CorrectionRequest.settled_at.is_(None))
    return list(
        db.session.scalars(
            query.order_by(CorrectionRequest.requested_at).options(joinedload(CorrectionRequest.participant))
        )
    )


def settle(row: CorrectionRequest, *, by: UUID) -> None:
    lock_row(row)
    if row.settled_at is None:
        row.settled_at, row.settled_by = clock.now(), by
        audit.record("correction settled", row)
