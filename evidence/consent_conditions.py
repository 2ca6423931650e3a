"""The rules of consent as conditions of a query, built from the same table as the decision: consent_rules.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased

from core.database import Model
from core.exits import ExitUse
from evidence.consent_rules import EXIT_RULES, Agreement, Requirement, Withdrawal
from evidence.consent_terms import ConsentUse
from evidence.models import ConsentDecision, Contribution, ContributionState, Mode, Participant


@dataclass(frozen=True, slots=True)
class Words:
    """The rows of the outer query that say whose words they are, and their columns."""

    rows: type[Model]
    participant_id: Any
    call_id: Any
    is_spoken: ColumnElement[bool]
    withdrawals: Mapping[Withdrawal, ColumnElement[bool]]  # those that rows can express


@cache
def allows(use: ExitUse) -> ColumnElement[bool]:
    """On a query that has Contribution: whether its words may be used for this."""
    return build_condition(use, OF_CONTRIBUTION)


def build_condition(use: ExitUse, words: Words) -> ColumnElement[bool]:
    rule = EXIT_RULES[use]
    return and_(
        true(),
        *(~is_so for grade, is_so in words.withdrawals.items() if grade not in rule.allowed_withdrawals),
        *(_build_requirement(requirement, words) for requirement in rule.requirements),
    )


def _build_requirement(requirement: Requirement, words: Words) -> ColumnElement[bool]:
    is_met = or_(*(_has_agreement(use, requirement.accepted, words) for use in requirement.uses))
    return or_(~words.is_spoken, is_met) if requirement.is_spoken_only else is_met


def _has_agreement(use: ConsentUse, accepted: frozenset[Agreement], words: Words) -> ColumnElement[bool]:
    refused = frozenset(Agreement) - accepted
    if len(refused) < len(accepted):  # fewer look-ups
        return ~or_(*(_has(agreement, use, words) for agreement in sorted(refused))) if refused else true()
    return or_(*(_has(agreement, use, words) for agreement in sorted(accepted))) if accepted else false()


def _has(agreement: Agreement, use: ConsentUse, words: Words) -> ColumnElement[bool]:
    if agreement is Agreement.GIVEN:
        return _has_newest(use, words, is_allowed=True)
    if agreement is Agreement.UNANSWERED:
        return ~_has_any(use, words)
    has_agreed = _has_ever_agreed(use, words)
    return and_(
        _has_newest(use, words, is_allowed=False), has_agreed if agreement is Agreement.WITHDRAWN else ~has_agreed
    )


def _has_newest(use: ConsentUse, words: Words, *, is_allowed: bool) -> ColumnElement[bool]:
    decision, later = aliased(ConsentDecision), aliased(ConsentDecision)
    is_overruled = exists().where(
        later.participant_id == decision.participant_id,
        later.call_id == decision.call_id,
        later.use == decision.use,
        later.number > decision.number,
    )
    chosen = decision.is_allowed if is_allowed else ~decision.is_allowed
    return _select_decisions(decision, use, words).where(chosen, ~is_overruled).exists()


def _has_ever_agreed(use: ConsentUse, words: Words) -> ColumnElement[bool]:
    decision = aliased(ConsentDecision)
    return _select_decisions(decision, use, words).where(decision.is_allowed).exists()


def _has_any(use: ConsentUse, words: Words) -> ColumnElement[bool]:
    return _select_decisions(aliased(ConsentDecision), use, words).exists()


def _select_decisions(decision: type[ConsentDecision], use: ConsentUse, words: Words) -> Select[UUID]:
    own = decision.participant_id == words.participant_id, decision.call_id == words.call_id, decision.use == use
    return select(decision.id).where(*own).correlate(words.rows)


OF_CONTRIBUTION = Words(
    Contribution,
    Contribution.participant_id,
    Contribution.call_id,
    Contribution.mode == Mode.INTERVIEW,
    {
        Withdrawal.NO_USE: Contribution.state == ContributionState.WITHDRAWN,
        Withdrawal.NO_CONTACT: exists().where(
            Participant.id == Contribution.participant_id, Participant.no_contact_since.is_not(None)
        ),
    },
)
