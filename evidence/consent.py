"""Consent to each use, with the wording that was shown. The newest decision counts; no decision means no.

What a use of somebody's words needs: consent_rules.py; the same as a condition of a query: consent_conditions.py.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.exits import ExitUse
from evidence import consent_changes, consent_mail, consent_proposals
from evidence.consent_changes import ChangedDecision
from evidence.consent_conditions import allows
from evidence.consent_rules import (
    LABELLED_USES,
    Agreement,
    ConsentLabels,
    ExitDecision,
    Permissions,
    Withdrawal,
    build_labels,
    decide_exit,
    follow,
)
from evidence.consent_terms import SPOKEN_ONLY_USES, ConsentUse
from evidence.models import (
    Call,
    ConsentDecision,
    ConsentProposal,
    ConsentTerm,
    Contribution,
    ContributionState,
    Mode,
    Participant,
)

MAX_ROWS_PER_QUERY = 500
Agreements = dict[ConsentUse, Agreement]


class UseNotAskedError(RuleError): ...


class UseNotAllowedError(RuleError): ...


@dataclass(frozen=True, slots=True)
class RecordedDecisions:
    noted: tuple[ConsentUse, ...] = ()  # counts now
    proposed: tuple[ConsentUse, ...] = ()  # counts once the person confirms it
    is_person_emailed: bool = False


def list_terms_to_ask(call: Call, modes: set[Mode]) -> list[ConsentTerm]:
    is_spoken = modes != {Mode.WRITTEN}
    return [term for term in call.consent_terms if is_spoken or term.use not in SPOKEN_ONLY_USES]


def record_decisions(
    participant: Participant, call: Call, decisions: Mapping[ConsentUse, bool], *, noted_by: UUID | None
) -> RecordedDecisions:
    """Add a row for each decision that is new or on a new wording. `noted_by`: the staff member who noted it.

    Staff can always note a no. Their yes over the person's own no is a proposal that the person confirms.
    """
    db.session.execute(select(Participant.id).where(Participant.id == participant.id).with_for_update())
    wordings = {term.use: term.wording for term in call.consent_terms}
    if unasked := [use for use in decisions if use not in wordings]:
        raise UseNotAskedError(f"This call does not ask about “{unasked[0]}”.")
    earlier = list_decisions(participant.id, call.id)
    current = {decision.use: decision for decision in earlier}
    new = {use: choice for use, choice in decisions.items() if not _is_same(current.get(use), choice, wordings[use])}
    proposed = [use for use, choice in new.items() if choice and noted_by and _is_own_no(earlier, use)]
    noted = {use: choice for use, choice in new.items() if use not in proposed}
    for use, is_allowed in noted.items():
        _add_decision(participant, call, current.get(use), use, is_allowed, wordings[use], noted_by)
    db.session.flush()
    if noted_by is None:
        consent_proposals.close_for_uses(participant.id, call.id, decisions.keys())
    _note_changes(participant, call, earlier, noted, noted_by)
    is_emailed = noted_by is not None and _mail_person(participant, call, noted, proposed, noted_by)
    return RecordedDecisions(tuple(noted), tuple(proposed), is_emailed)


def answer_proposal(proposal: ConsentProposal, decisions: Mapping[ConsentUse, bool]) -> RecordedDecisions:
    """The person's own answer to what staff noted. Callers use up the link."""
    recorded = record_decisions(proposal.participant, proposal.call, decisions, noted_by=None)
    consent_proposals.close_for_uses(
        proposal.participant_id, proposal.call_id, [ConsentUse(use) for use in proposal.uses]
    )
    return recorded


def is_use_allowed(participant_id: UUID, call_id: UUID, use: ConsentUse) -> bool:
    decision = get_current_decisions(participant_id, call_id).get(use)
    return decision is not None and decision.is_allowed


def decide(use: ExitUse, contribution: Contribution, *, reader_id: UUID | None = None) -> ExitDecision:
    """`reader_id`: a coordinator, who may open what is hidden if they handle it."""
    permissions = load_permissions(contribution)
    decision = decide_exit(use, permissions)
    if decision.is_allowed or reader_id is None:
        return decision
    is_handler = consent_changes.is_handled_by(reader_id, contribution.participant_id, contribution.call_id)
    return decide_exit(use, permissions, is_handler=is_handler)


def require(use: ExitUse, contribution: Contribution) -> None:
    decision = decide(use, contribution)
    if not decision.is_allowed:
        raise UseNotAllowedError(f"{decision.explain(contribution.participant.reference)} Nothing was changed.")


def load_permissions(contribution: Contribution) -> Permissions:
    decisions = list_decisions(contribution.participant_id, contribution.call_id)
    return _build_permissions(contribution, determine_agreements(decisions))


def load_labels(contributions: Iterable[Contribution]) -> dict[UUID, ConsentLabels]:
    """By the id of the contribution, in one query. Many: of everything in their calls."""
    rows = list(contributions)
    own = Contribution.id.in_({row.id for row in rows})
    if len(rows) > MAX_ROWS_PER_QUERY:
        own = Contribution.call_id.in_({row.call_id for row in rows})
    query = select(Contribution.id, *(allows(use) for use in LABELLED_USES)).where(own)
    return {row[0]: build_labels(dict(zip(LABELLED_USES, row[1:], strict=True))) for row in db.session.execute(query)}


def explain_refusals(use: ExitUse, contributions: Iterable[Contribution]) -> dict[UUID, str]:
    """The reason for each contribution whose words may not be used for this, by its id."""
    found = {
        row.id: decide_exit(use, permissions).explain(row.participant.reference)
        for row, permissions in _load_permissions_of_many(contributions)
    }
    return {contribution_id: reason for contribution_id, reason in found.items() if reason}


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


def determine_agreements(decisions: Iterable[ConsentDecision]) -> Agreements:
    """`decisions`: of one person and call, each use's in the order of their numbers."""
    agreements: Agreements = {}
    for decision in decisions:
        agreements[decision.use] = follow(agreements.get(decision.use), is_allowed=decision.is_allowed)
    return agreements


def are_words_hidden(decisions: Iterable[ConsentDecision]) -> bool:
    """Whether the sound or text of an interview is hidden because the person took back what they had agreed to."""
    agreements = determine_agreements(decisions)
    return any(agreements.get(use) is Agreement.WITHDRAWN for use in SPOKEN_ONLY_USES)


def _is_same(last: ConsentDecision | None, is_allowed: bool, wording: str) -> bool:
    return last is not None and (last.is_allowed, last.wording) == (is_allowed, wording)


def _is_own_no(decisions: Sequence[ConsentDecision], use: ConsentUse) -> bool:
    own = [decision for decision in decisions if decision.use == use and decision.noted_by is None]
    return bool(own) and not own[-1].is_allowed


def _add_decision(  # noqa: PLR0917 - the columns of one row
    participant: Participant,
    call: Call,
    last: ConsentDecision | None,
    use: ConsentUse,
    is_allowed: bool,
    wording: str,
    noted_by: UUID | None,
) -> None:
    row = ConsentDecision(
        number=last.number + 1 if last else 1,
        participant_id=participant.id,
        call_id=call.id,
        use=use,
        is_allowed=is_allowed,
        wording=wording,
        decided_at=clock.now(),
        noted_by=noted_by,
    )
    db.session.add(row)
    audit.record("consent decided", participant, use=use.value, is_allowed=is_allowed)


def _note_changes(
    participant: Participant,
    call: Call,
    earlier: Sequence[ConsentDecision],
    noted: Mapping[ConsentUse, bool],
    noted_by: UUID | None,
) -> None:
    before = {decision.use: decision.is_allowed for decision in earlier}
    changed = [
        ChangedDecision(use, is_allowed, noted_by)
        for use, is_allowed in noted.items()
        if use in before and before[use] != is_allowed
    ]
    if changed:
        is_hidden = are_words_hidden(list_decisions(participant.id, call.id))
        row = consent_changes.note_changes(participant, call, changed, are_words_hidden=is_hidden)
        consent_mail.mail_coordinators(row, is_newly_hidden=is_hidden and not are_words_hidden(earlier))


def _mail_person(
    participant: Participant,
    call: Call,
    noted: Mapping[ConsentUse, bool],
    proposed: Sequence[ConsentUse],
    by: UUID,
) -> bool:
    is_emailed = bool(noted) and consent_mail.mail_noted(participant, call, noted, by=by)
    if proposed:
        proposal = consent_proposals.propose(participant, call, proposed, by=by)
        is_emailed = consent_mail.mail_proposal(proposal) or is_emailed
    return is_emailed


def _build_permissions(contribution: Contribution, agreements: Agreements) -> Permissions:
    return Permissions(
        agreements, is_spoken=contribution.mode is Mode.INTERVIEW, withdrawal=_get_withdrawal(contribution)
    )


def _get_withdrawal(contribution: Contribution) -> Withdrawal:
    if contribution.state is ContributionState.WITHDRAWN:
        return Withdrawal.NO_USE
    return Withdrawal.NO_CONTACT if contribution.participant.no_contact_since else Withdrawal.NONE


def _load_permissions_of_many(contributions: Iterable[Contribution]) -> Iterator[tuple[Contribution, Permissions]]:
    rows = list(contributions)
    agreements = _load_agreements({row.participant_id for row in rows})
    return ((row, _build_permissions(row, agreements[row.participant_id, row.call_id])) for row in rows)


def _load_agreements(participant_ids: set[UUID]) -> defaultdict[tuple[UUID, UUID], Agreements]:
    """By participant and call. Columns instead of rows: there may be ten thousands."""
    found: defaultdict[tuple[UUID, UUID], Agreements] = defaultdict(dict)
    ids = sorted(participant_ids)
    for start in range(0, len(ids), MAX_ROWS_PER_QUERY):
        some = ids[start : start + MAX_ROWS_PER_QUERY]
        for person, call, use, is_allowed in db.session.execute(_select_decisions_in_order(some)):
            agreements = found[person, call]
            agreements[use] = follow(agreements.get(use), is_allowed=is_allowed)
    return found


def _select_decisions_in_order(participant_ids: Sequence[UUID]) -> Select[UUID, UUID, ConsentUse, bool]:
    columns = ConsentDecision.participant_id, ConsentDecision.call_id, ConsentDecision.use, ConsentDecision.is_allowed
    query = select(*columns).where(ConsentDecision.participant_id.in_(participant_ids))
    return query.order_by(ConsentDecision.number)
