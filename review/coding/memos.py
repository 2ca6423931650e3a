"""Notes of staff about a theme, coded words or a contribution. Callers commit."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from core import clock
from core.database import db
from core.errors import RuleError
from core.text_cleaning import clean_text
from evidence.models import Contribution
from review.models import CodedSpan, Memo, Theme

MAX_MEMO_CHARACTERS = 5000
MemoSubject = Theme | CodedSpan | Contribution


class EmptyMemoError(RuleError): ...


def write_memo(subject: MemoSubject, text: str, *, by: UUID) -> Memo:
    cleaned = clean_text(text).strip()
    if not cleaned:
        raise EmptyMemoError("Write the note.")
    if len(cleaned) > MAX_MEMO_CHARACTERS:
        raise EmptyMemoError(f"Shorten the note to {MAX_MEMO_CHARACTERS} characters or fewer.")
    row = Memo(text=cleaned, written_by=by, written_at=clock.now())
    setattr(row, _get_column(subject), subject.id)
    db.session.add(row)
    db.session.flush()
    return row


def list_memos(subject: MemoSubject) -> list[Memo]:
    column = getattr(Memo, _get_column(subject))
    return list(db.session.scalars(select(Memo).where(column == subject.id).order_by(Memo.written_at)))


def load_span_memos(span_ids: Iterable[UUID]) -> dict[UUID, list[Memo]]:
    found: dict[UUID, list[Memo]] = {}
    for row in db.session.scalars(select(Memo).where(Memo.span_id.in_(list(span_ids))).order_by(Memo.written_at)):
        if row.span_id is not None:
            found.setdefault(row.span_id, []).append(row)
    return found


def delete_memo(memo: Memo) -> None:
    db.session.delete(memo)
    db.session.flush()


def _get_column(subject: MemoSubject) -> str:
    if isinstance(subject, Theme):
        return "theme_id"
    return "span_id" if isinstance(subject, CodedSpan) else "contribution_id"
