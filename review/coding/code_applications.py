"""Give words a theme, and take it away again. Callers commit."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.exits import ExitUse
from core.locks import lock_row
from evidence import consent
from evidence.models import Contribution, ContributionState, Mode
from review.coding.anchors import Anchor, read_anchor, write_anchor
from review.coding.span_text import SpanReader, SpanText
from review.models import CodedSpan, CodingRound, CodingSource, Theme


class WordsNotFoundError(RuleError): ...


class ThemeNotUsableError(RuleError): ...


@dataclass(frozen=True, slots=True)
class CodingOrigin:
    """How somebody came to give words a theme."""

    source: CodingSource = CodingSource.HAND
    model: str = ""
    model_version: str = ""


BY_HAND = CodingOrigin()


@dataclass(frozen=True, slots=True)
class ChosenWords:
    anchor: Anchor
    contribution: Contribution
    span: SpanText


def find_words(anchor: Anchor) -> ChosenWords:
    """Raises WordsNotFoundError also for the words of a draft. Callers check consent."""
    reader = SpanReader([anchor])
    contribution, span = reader.find_contribution(anchor), reader.read(anchor)
    if contribution is None or span is None or not _is_open(contribution):
        raise WordsNotFoundError("These words are not there any more. Go back to the page and choose them again.")
    return ChosenWords(anchor, contribution, span)


def code_words(
    anchor: Anchor, theme: Theme, *, by: UUID, origin: CodingOrigin = BY_HAND, in_round: CodingRound | None = None
) -> CodedSpan:
    """Once only: the same theme on the same words stays one row."""
    lock_row(theme)
    words = find_words(anchor)
    consent.require(ExitUse.READING, words.contribution)
    if theme.retired_at is not None or theme.call_id != words.contribution.call_id:
        raise ThemeNotUsableError("Choose a theme of this call that is not retired.")
    existing = _find_same(anchor, theme, by, in_round)
    if existing is not None:
        return existing
    row = CodedSpan(contribution_id=words.contribution.id, theme_id=theme.id, coded_by=by, coded_at=clock.now())
    row.source, row.model, row.model_version = origin.source, origin.model, origin.model_version
    row.round_id = in_round.id if in_round else None
    write_anchor(row, anchor)
    db.session.add(row)
    db.session.flush()
    audit.record("theme given to words", theme, span=str(row.id), source=origin.source.value)
    return row


def remove_code(span: CodedSpan) -> None:
    audit.record("theme taken from words", span.theme, span=str(span.id))
    db.session.delete(span)
    db.session.flush()


def _is_open(contribution: Contribution) -> bool:
    """Drafts of what people write stay private."""
    return contribution.state is ContributionState.SUBMITTED or (
        contribution.mode is Mode.INTERVIEW and contribution.state is ContributionState.DRAFT
    )


def _find_same(anchor: Anchor, theme: Theme, by: UUID, in_round: CodingRound | None) -> CodedSpan | None:
    query = select(CodedSpan).where(CodedSpan.theme_id == theme.id)
    if in_round is None:
        query = query.where(CodedSpan.round_id.is_(None))
    else:
        query = query.where(CodedSpan.round_id == in_round.id, CodedSpan.coded_by == by)
    return next((row for row in db.session.scalars(query) if read_anchor(row) == anchor), None)
