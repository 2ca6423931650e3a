"""Rounds of double coding: who codes what, blind until all have finished, then agreement. Callers commit."""

import random
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from accounts import audit, people
from accounts.models import StaffMember
from accounts.roles import Permission, get_permissions
from core import clock, jobs
from core.database import db
from core.errors import RuleError
from core.exits import ExitUse
from core.locks import lock_row
from core.text_cleaning import clean_single_line
from evidence.consent_conditions import allows
from evidence.models import Call, Contribution
from review.agreement.figures import AgreementFigures, calculate_agreement
from review.agreement.units import CodingUnit, load_ratings
from review.coding import code_applications
from review.coding.anchors import Anchor
from review.coding.coded_spans import is_open_contribution
from review.models import CodingRound, CodingTask, Theme

CALCULATE_JOB = "calculate agreement"
MAX_SAMPLE = 200


class RoundError(RuleError): ...


@dataclass(frozen=True, slots=True)
class Disagreement:
    theme: Theme
    unit: CodingUnit
    given_by: tuple[UUID, ...]
    not_given_by: tuple[UUID, ...]


def create_round(call: Call, title: str, coder_ids: Collection[UUID], size: int, *, by: UUID) -> CodingRound:
    """A random sample of what may be read."""
    chosen = {member.id for member in list_coders()} & set(coder_ids)
    sample = _draw_sample(call, size)
    if len(chosen) < 2:
        raise RoundError("Choose at least two people who code.")
    if not sample:
        raise RoundError("There are no contributions to code yet.")
    row = CodingRound(call_id=call.id, title=clean_single_line(title), created_at=clock.now(), created_by=by)
    row.tasks = [CodingTask(coder_id=coder, contribution_id=one) for coder in sorted(chosen) for one in sample]
    db.session.add(row)
    db.session.flush()
    audit.record("round of double coding begun", row, coders=len(chosen), contributions=len(sample))
    return row


def list_coders() -> list[StaffMember]:
    rows = people.list_staff()
    may_code = Permission.CODE_EVIDENCE
    return [row for row in rows if row.is_active and may_code in get_permissions(frozenset(r.role for r in row.roles))]


def list_rounds(call: Call) -> Sequence[CodingRound]:
    query = select(CodingRound).where(CodingRound.call_id == call.id).options(selectinload(CodingRound.tasks))
    return db.session.scalars(query.order_by(CodingRound.created_at.desc())).all()


def list_own_tasks(coding_round: CodingRound, coder_id: UUID) -> list[CodingTask]:
    return [task for task in coding_round.tasks if task.coder_id == coder_id]


def is_complete(coding_round: CodingRound) -> bool:
    return all(task.finished_at is not None for task in coding_round.tasks)


def code_in_round(coding_round: CodingRound, anchor: Anchor, theme: Theme, *, by: UUID) -> None:
    """Only what is the coder's own and not finished yet."""
    contribution = code_applications.find_words(anchor).contribution
    own = {task.contribution_id for task in list_own_tasks(coding_round, by) if task.finished_at is None}
    if contribution.id not in own:
        raise RoundError("You have finished this contribution, or it is not yours to code in this round.")
    code_applications.code_words(anchor, theme, by=by, in_round=coding_round)


def finish_task(task: CodingTask, *, is_skipped: bool) -> None:
    coding_round = db.session.get_one(CodingRound, task.round_id)
    lock_row(coding_round)
    task.finished_at, task.is_skipped = clock.now(), is_skipped
    db.session.flush()
    if is_complete(coding_round):
        jobs.enqueue(CALCULATE_JOB, coding_round.id)


def calculate(coding_round: CodingRound) -> None:
    ratings = load_ratings(coding_round)
    coding_round.agreement = [
        {"theme": str(theme_id), **asdict(calculate_agreement(rows))} for theme_id, rows in ratings.by_theme.items()
    ]
    coding_round.calculated_at = clock.now()
    db.session.flush()


def read_figures(coding_round: CodingRound) -> list[tuple[Theme, AgreementFigures]]:
    found = []
    for entry in coding_round.agreement:
        theme = db.session.get(Theme, UUID(entry["theme"]))
        if theme is not None:
            values = {name: value for name, value in entry.items() if name != "theme"}
            found.append((theme, AgreementFigures(**values)))
    return sorted(found, key=lambda pair: pair[0].name)


def list_disagreements(coding_round: CodingRound) -> list[Disagreement]:
    """Nothing until all have finished."""
    if not is_complete(coding_round):
        return []
    ratings = load_ratings(coding_round)
    themes = {row.id: row for row in db.session.scalars(select(Theme).where(Theme.id.in_(ratings.by_theme)))}
    return [
        Disagreement(
            themes[theme_id],
            unit,
            tuple(coder for coder, rating in zip(ratings.coder_ids, given, strict=True) if rating is True),
            tuple(coder for coder, rating in zip(ratings.coder_ids, given, strict=True) if rating is False),
        )
        for theme_id, rows in ratings.by_theme.items()
        for unit, given in zip(ratings.units, rows, strict=True)
        if True in given and False in given
    ]


def keep_agreed(coding_round: CodingRound, *, by: UUID) -> int:
    """What everybody gave the same theme becomes part of the evidence. Returns how many sentences."""
    lock_row(coding_round)
    if coding_round.closed_at is not None or not is_complete(coding_round):
        raise RoundError("This round is closed already, or not everybody has finished.")
    ratings = load_ratings(coding_round)
    kept = 0
    for theme_id, rows in ratings.by_theme.items():
        theme = db.session.get_one(Theme, theme_id)
        for unit, given in zip(ratings.units, rows, strict=True):
            if True in given and False not in given and theme.retired_at is None:
                code_applications.code_words(unit.anchor, theme, by=by)
                kept += 1
    coding_round.closed_at = clock.now()
    db.session.flush()
    audit.record("round of double coding closed", coding_round, kept=kept)
    return kept


def _draw_sample(call: Call, size: int) -> list[UUID]:
    query = select(Contribution.id).where(
        Contribution.call_id == call.id, allows(ExitUse.READING), is_open_contribution()
    )
    ids = sorted(db.session.scalars(query))
    return random.SystemRandom().sample(ids, min(size, len(ids), MAX_SAMPLE))
