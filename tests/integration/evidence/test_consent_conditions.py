"""The rule as a decision and the rule as a condition of a query agree, whatever people have answered."""

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core import clock
from core.database import db
from evidence import consent
from evidence.consent_conditions import allows
from evidence.consent_rules import EXIT_RULES, decide_exit
from evidence.consent_terms import ConsentUse
from evidence.models import ConsentDecision, Contribution, ContributionState, Mode
from tests.support import make_evidence

ANSWERS = st.dictionaries(st.sampled_from(ConsentUse), st.lists(st.booleans(), max_size=4))


@pytest.fixture
def contributions(app: Flask) -> dict[Mode, Contribution]:
    """Of one person; and of somebody else, whose answers must not count."""
    call, dev = make_evidence.call(), make_evidence.participant()
    other = make_evidence.contribution(call, make_evidence.participant("fay@home.example", "Fay"), Mode.INTERVIEW)
    add_answers(other, {use: [True] for use in ConsentUse})
    return {mode: make_evidence.contribution(call, dev, mode) for mode in Mode}


def add_answers(contribution: Contribution, answers: dict[ConsentUse, list[bool]]) -> None:
    db.session.add_all(
        ConsentDecision(
            number=number,
            participant_id=contribution.participant_id,
            call_id=contribution.call_id,
            use=use,
            is_allowed=is_allowed,
            wording="May we?",
            decided_at=clock.now(),
        )
        for use, choices in answers.items()
        for number, is_allowed in enumerate(choices, start=1)
    )
    db.session.flush()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=ANSWERS, state=st.sampled_from(ContributionState))
def test_the_decision_and_the_condition_agree(
    contributions: dict[Mode, Contribution], answers: dict[ConsentUse, list[bool]], state: ContributionState
) -> None:
    saved = db.session.begin_nested()
    for contribution in contributions.values():
        contribution.state = state
    add_answers(contributions[Mode.WRITTEN], answers)

    own = Contribution.id.in_([row.id for row in contributions.values()])
    query = select(Contribution.id, *(allows(use).label(use.name) for use in EXIT_RULES)).where(own)
    listed = {row[0]: dict(zip(EXIT_RULES, row[1:], strict=True)) for row in db.session.execute(query)}
    permissions = {row.id: consent.load_permissions(row) for row in contributions.values()}
    decided = {
        row_id: {use: decide_exit(use, given_answers).is_allowed for use in EXIT_RULES}
        for row_id, given_answers in permissions.items()
    }
    saved.rollback()

    assert listed == decided
