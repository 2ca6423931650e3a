"""Consent to each use, with the wording that was shown. The newest decision counts; no decision means no."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from evidence.consent_terms import SPOKEN_ONLY_USES, ConsentUse
from evidence.models import Call, ConsentDecision, ConsentTerm, Mode, Participant


class UseNotAskedError(RuleError): ...


def list_terms_to_ask(call: Call, modes: set[Mode]) -> list[ConsentTerm]:
    is_spoken = modes != {Mode.WRITTEN}
    return [term for term in call.consent_terms if is_spoken or term.use not in SPOKEN_ONLY_USES]


def record_decisions(
    participant: Participant, call: Call, decisions: Mapping[ConsentUse, bool], *, noted_by: UUID | None
) -> None:
    """Add a row for each decision that is new or on a new wording. `noted_by`: the staff member who noted it."""
    db.session.execute(select(Participant.id).where(Participant.id == participant.id).with_for_update())
    wordings = {term.use: term.wording for term in call.consent_terms}
    current = get_current_decisions(participant.id, call.id)
    for use, is_allowed in decisions.items():
        if use not in wordings:
            raise UseNotAskedError(f"This call does not ask about “{use}”.")
        last = current.get(use)
        if last is not None and (last.is_allowed, last.wording) == (is_allowed, wordings[use]):
            continue
        row = ConsentDecision(
            number=last.number + 1 if last else 1,
            participant_id=participant.id,
            call_id=call.id,
            use=use,
            is_allowed=is_allowed,
            wording=wordings[use],
            decided_at=clock.now(),
            noted_by=noted_by,
        )
        db.session.add(row)
        audit.record("consent decided", participant, use=use.value, is_allowed=is_allowed)
    db.session.flush()


def is_use_allowed(participant_id: UUID, call_id: UUID, use: ConsentUse) -> bool:
    decision = get_current_decisions(participant_id, call_id).get(use)
    return decision is not None and decision.is_allowed


def get_current_decisions(participant_id: UUID, call_id: UUID) -> dict[ConsentUse, ConsentDecision]:
    return {decision.use: decision for decision in list_decisions(participant_id, call_id)}


def get_decisions_on_current_wording(participant_id: UUID, call_id: UUID) -> dict[ConsentUse, ConsentDecision]:
    wordings = {(term.use, term.wording) for term in db.session.get_one(Call, call_id).consent_terms}
    decisions = get_current_decisions(participant_id, call_id)
    return {use: decision for use, decision in decisions.items() if (use, decision.wording) in wordings}


def list_decisions(participant_id: UUID, call_id: UUID) -> list[ConsentDecision]:
    query = select(ConsentDecision).where(
        ConsentDecision.participant_id == participant_id, ConsentDecision.call_id == call_id
    )
    return list(db.session.scalars(query.order_by(ConsentDecision.use, ConsentDecision.number)))
