"""Count what people say in the equality form. Nothing else of it is kept: no row, no time, no audit entry.

What is shown follows in steps of several forms, so that nobody can watch a figure change when somebody signs up.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Update, select, update
from sqlalchemy.exc import IntegrityError

from core.database import db
from core.locks import lock_row
from evidence.models import Call
from interviews.equality.equality_questions import QUESTIONS
from interviews.equality.suppression import MIN_SHOWN_COUNT, calculate_min_total, suppress_counts
from interviews.models import EqualityCount

FORM_COUNTER_KEY = ("forms", "not shown yet")  # the counter of forms since the figures were last brought up to date


@dataclass(frozen=True, slots=True)
class EqualityFigures:
    """What coordinators see of one question."""

    title: str
    counts: list[tuple[str, int | None]]  # in the order of the form; None: fewer than LEAST
    min_answered: int  # at least so many answered


def count_form(call: Call, answers: Mapping[str, str]) -> None:
    """Add one form, of question keys and answer keys; what was not said is not in it."""
    known = {(question.key, key) for question in QUESTIONS for key, _ in question.answers}
    given = sorted(set(answers.items()) & known)
    if not given:
        return
    forms = _get_form_counter(call)
    lock_row(forms)  # forms that come at once take turns
    for question, answer in given:
        db.session.execute(_build_count_update(call, question, answer).values(count=EqualityCount.count + 1))
    forms.count += 1
    if forms.count >= MIN_SHOWN_COUNT:
        forms.count = 0
        db.session.flush()
        db.session.execute(
            update(EqualityCount).where(EqualityCount.call_id == call.id).values(published_count=EqualityCount.count)
        )
    db.session.flush()


def list_equality_figures(call: Call) -> list[EqualityFigures]:
    """For each question, as of when the figures were last brought up to date."""
    rows = db.session.execute(
        select(EqualityCount.question, EqualityCount.answer, EqualityCount.published_count).where(
            EqualityCount.call_id == call.id
        )
    )
    known = {(question, answer): count for question, answer, count in rows}
    return [
        _build_figures(question.title, {words: known.get((question.key, key), 0) for key, words in question.answers})
        for question in QUESTIONS
    ]


def _build_figures(title: str, counts: Mapping[str, int]) -> EqualityFigures:
    shown = suppress_counts(counts)
    return EqualityFigures(title, list(shown.items()), calculate_min_total(shown))


def _get_form_counter(call: Call) -> EqualityCount:
    """The counter that everybody takes turns at. All counters are made at once: the order of rows must tell nothing."""
    wanted = select(EqualityCount).where(
        EqualityCount.call_id == call.id,
        EqualityCount.question == FORM_COUNTER_KEY[0],
        EqualityCount.answer == FORM_COUNTER_KEY[1],
    )
    if found := db.session.scalars(wanted).first():
        return found
    names = [FORM_COUNTER_KEY] + [(question.key, key) for question in QUESTIONS for key, _ in question.answers]
    try:
        with db.session.begin_nested():
            db.session.add_all(
                EqualityCount(call_id=call.id, question=question, answer=answer, count=0, published_count=0)
                for question, answer in names
            )
    except IntegrityError:
        pass  # somebody else's form made them at the same moment
    return db.session.scalars(wanted).one()


def _build_count_update(call: Call, question: str, answer: str) -> Update:
    return update(EqualityCount).where(
        EqualityCount.call_id == call.id, EqualityCount.question == question, EqualityCount.answer == answer
    )
