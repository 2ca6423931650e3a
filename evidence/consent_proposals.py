"""A yes that staff note over the person's own no: it waits for the person, who gets a link. Callers commit."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from accounts import audit
from accounts.links import create_link, get_valid_link, revoke_links
from accounts.models import LinkPurpose
from core import clock
from core.database import db
from core.urls import build_absolute_url
from evidence.consent_terms import ConsentUse
from evidence.models import Call, ConsentProposal, Participant

LINK_LIFETIME = timedelta(days=30)


def propose(participant: Participant, call: Call, uses: Collection[ConsentUse], *, by: UUID) -> ConsentProposal:
    """Replaces an earlier proposal for the same uses."""
    close_for_uses(participant.id, call.id, uses)
    row = ConsentProposal(
        participant_id=participant.id,
        call_id=call.id,
        uses=sorted(use.value for use in uses),
        noted_by=by,
        noted_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record("consent proposed", participant, uses=row.uses)
    return row


def create_confirmation_url(row: ConsentProposal) -> str:
    token = create_link(LinkPurpose.CONSENT_PROPOSAL, row.id, expires_at=clock.now() + LINK_LIFETIME)
    return build_absolute_url("evidence.confirm_consent", token=token)


def get_proposal_by_token(token: str) -> ConsentProposal:
    """Does not use the link. Raises LinkNotValidError."""
    return db.session.get_one(ConsentProposal, get_valid_link(token, LinkPurpose.CONSENT_PROPOSAL).subject_id)


def list_open_proposals(participant_id: UUID, call_id: UUID) -> list[ConsentProposal]:
    query = select(ConsentProposal).where(
        ConsentProposal.participant_id == participant_id,
        ConsentProposal.call_id == call_id,
        ConsentProposal.answered_at.is_(None),
    )
    return list(db.session.scalars(query.order_by(ConsentProposal.noted_at, ConsentProposal.id)))


def close_for_uses(participant_id: UUID, call_id: UUID, uses: Collection[ConsentUse]) -> None:
    """The person has decided, or there is a newer proposal. What else a proposal asks for stays open."""
    decided = {use.value for use in uses}
    for row in list_open_proposals(participant_id, call_id):
        if not decided & set(row.uses):
            continue
        row.uses = [use for use in row.uses if use not in decided]
        if not row.uses:
            row.answered_at = clock.now()
            revoke_links(LinkPurpose.CONSENT_PROPOSAL, row.id)
