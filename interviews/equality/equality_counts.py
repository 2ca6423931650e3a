"""Count the answers in the equality form. Nothing else is kept: no row, no time, no audit entry.

Published counts are updated after several forms, so that nobody can watch a figure change when somebody signs up.
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

FORM_COUNTER_KEY = ("forms", "not shown yet")  # counts forms since the last publication; the text is stored


@dataclass(frozen=True, slots=True)
class EqualityFigures:
    title: str
    counts: list[tuple[str, int | None]]  # in the order of the form; None: fewer than MIN_SHOWN_COUNT
    min_answered: int  # a lower bound


def count_form(call: Call, answers: Mapping[str, str]) -> None:
    """`answers`: answer keys by question key, without unanswered questions."""
    known = {(question.key, key) for question in QUESTIONS for key, _ in question.answers}
    counted = sorted(set(answers.items()) & known)
    if not counted:
        return
    form_counter = _get_form_counter(call)
    lock_row(form_counter)  # one form at a time
    for question, answer in counted:
        db.session.execute(_build_count_update(call, question, answer).values(count=EqualityCount.count + 1))
    form_counter.count += 1
    if form_counter.count >= MIN_SHOWN_COUNT:
        form_counter.count = 0
        db.session.flush()
        db.session.execute(
            update(EqualityCount).where(EqualityCount.call_id == call.id).values(published_count=EqualityCount.count)
        )
    db.session.flush()


def list_equality_figures(call: Call) -> list[EqualityFigures]:
    """Figures as last published, which may be older than the counts."""
    rows = db.session.execute(
        select(EqualityCount.question, EqualityCount.answer, EqualityCount.published_count).where(
            EqualityCount.call_id == call.id
        )
    )
    known = {(question, answer): count for question, answer, count in rows}
    return [
        _build_figures(question.title, {label: known.get((question.key, key), 0) for key, label in question.answers})
        for question in QUESTIONS
    ]


def _build_figures(title: str, counts: Mapping[str, int]) -> EqualityFigures:
    shown = suppress_counts(counts)
    return EqualityFigures(title, list(shown.items()), calculate_min_total(shown))


def _get_form_counter(call: Call) -> EqualityCount:
    """Creates all counters at once, so that the order of rows reveals nothing."""
    query = select(EqualityCount).where(
        EqualityCount.call_id == call.id,
        EqualityCount.question == FORM_COUNTER_KEY[0],
        EqualityCount.answer == FORM_COUNTER_KEY[1],
    )
    if counter := db.session.scalars(query).first():
        return counter
    names = [FORM_COUNTER_KEY] + [(question.key, key) for question in QUESTIONS for key, _ in question.answers]
    try:
        with db.session.begin_nested():
            db.session.add_all(
                EqualityCount(call_id=call.id, question=question, answer=answer, count=0, published_count=0)
                for question, answer in names
            )
    except IntegrityError:
        pass  # another form created them at the same moment
    return db.session.scalars(query).one()


def _build_count_update(call: Call, question: str, answer: str) -> Update:
    return update(EqualityCount).where(
        EqualityCount.call_id == call.id, EqualityCount.question == question, EqualityCount.answer == answer
    )
