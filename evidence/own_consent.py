"""What a person sees of their own consent: their answers, who noted each and when, and what happens now. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from accounts.models import StaffMember
from core import clock
from core.database import db
from evidence import consent, consent_changes, consent_mail, consent_proposals
from evidence.models import Call, ConsentDecision, ConsentProposal, ConsentTerm, Mode


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    wording: str
    decision: ConsentDecision | None
    staff_name: str  # empty: the person decided


@dataclass(frozen=True, slots=True)
class OwnProposal:
    proposal: ConsentProposal
    wordings: list[str]
    staff_name: str


@dataclass(frozen=True, slots=True)
class OwnConsent:
    answers: list[OwnAnswer]
    history: list[OwnAnswer]  # newest first
    proposals: list[OwnProposal]
    is_hidden: bool  # sound and text of the interview
    erase_on: date | None
    erased_on: date | None


def build_own_consent(participant_id: UUID, call: Call, modes: set[Mode]) -> OwnConsent:
    terms = consent.list_terms_to_ask(call, modes)
    decisions = consent.list_decisions(participant_id, call.id)
    proposals = consent_proposals.list_open_proposals(participant_id, call.id)
    names = _load_names([*(row.noted_by for row in decisions), *(row.noted_by for row in proposals)])
    return OwnConsent(
        answers=_list_answers(terms, decisions, names),
        history=[_to_answer(row, names) for row in sorted(decisions, key=_get_time, reverse=True)],
        proposals=[
            OwnProposal(row, consent_mail.list_wordings(call, row.uses), names.get(row.noted_by, ""))
            for row in proposals
        ],
        is_hidden=Mode.INTERVIEW in modes and consent.are_words_hidden(decisions),
        erase_on=consent_changes.find_erasure_day(participant_id, call.id),
        erased_on=_find_erasure_date(participant_id, call),
    )


def describe_hiding(participant_id: UUID, call: Call) -> str:
    """What has just happened to what the person gave, or nothing."""
    if not consent.are_words_hidden(consent.list_decisions(participant_id, call.id)):
        return ""
    day = consent_changes.find_erasure_day(participant_id, call.id)
    return describe_hidden_words(day, _find_erasure_date(participant_id, call))


def describe_hidden_words(erase_on: date | None, erased_on: date | None = None) -> str:
    if erase_on is None and erased_on is not None:
        day = clock.format_date(erased_on)
        return f"Any recording of your interview, its text and the answers taken from it were erased on {day}."
    hidden = "Any recording of your interview, its text and the answers taken from it are hidden now."
    if erase_on is None:
        return hidden
    return f"{hidden} They will be erased by {clock.format_date(erase_on)}, unless you agree again."


def _find_erasure_date(participant_id: UUID, call: Call) -> date | None:
    erased_at = consent_changes.find_erasure_time(participant_id, call.id)
    return clock.convert_to_zone(erased_at, call.zone).date() if erased_at else None


def _list_answers(
    terms: Iterable[ConsentTerm], decisions: Iterable[ConsentDecision], names: dict[UUID, str]
) -> list[OwnAnswer]:
    current = {decision.use: decision for decision in decisions}
    return [
        _to_answer(current[term.use], names) if term.use in current else OwnAnswer(term.wording, None, "")
        for term in terms
    ]


def _to_answer(decision: ConsentDecision, names: dict[UUID, str]) -> OwnAnswer:
    staff_name = names.get(decision.noted_by, "our staff") if decision.noted_by else ""
    return OwnAnswer(decision.wording, decision, staff_name)


def _get_time(decision: ConsentDecision) -> tuple[datetime, int]:
    return decision.decided_at, decision.number


def _load_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted_ids = {staff_id for staff_id in ids if staff_id is not None}
    query = select(StaffMember).where(StaffMember.id.in_(wanted_ids))
    return {member.id: member.name for member in db.session.scalars(query)} if wanted_ids else {}
