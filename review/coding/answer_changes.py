"""When an answer gets another text, the words of it that were coded or quoted are found again in the new one."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from evidence.models import Answer
from review.coding.offsets import carry_offsets
from review.models import AnchoredWords, CodedSpan, QuoteWords


def follow_answers() -> None:
    """From now on."""
    if not event.contains(Session, "before_flush", _carry_all):
        event.listen(Session, "before_flush", _carry_all)


def _carry_all(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    for answer, old in list(_iter_changed(session)):
        for rows in (CodedSpan, QuoteWords):
            _carry(session, answer, old, rows)


def _iter_changed(session: Session) -> Iterator[tuple[Answer, str]]:
    for row in session.dirty:
        if isinstance(row, Answer):
            history = inspect(row).attrs.text.history
            if history.deleted and history.deleted[0]:
                yield row, history.deleted[0]


def _carry(session: Session, answer: Answer, old: str, kind: type[CodedSpan] | type[QuoteWords]) -> None:
    with session.no_autoflush:
        rows: list[AnchoredWords] = list(session.scalars(select(kind).where(kind.answer_id == answer.id)))
    spans = [(row.start_offset or 0, row.end_offset or 0) for row in rows]
    if not rows:
        return
    for row, (start, end) in zip(rows, carry_offsets(old, answer.text, spans), strict=True):
        row.start_offset, row.end_offset = start, end
