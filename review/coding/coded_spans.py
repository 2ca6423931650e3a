"""What was coded, as frozen values with their words: for pages, comparisons and exports. Only what may be read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from core.database import db
from core.exits import ExitUse
from evidence.consent_conditions import allows
from evidence.models import Call, Contribution, ContributionState, Mode
from review.coding.anchors import Anchor, SpeechAnchor, read_anchor
from review.coding.span_text import SpanReader
from review.models import CodedSpan, CodingSource, Theme
from review.reading.filters import NO_FILTERS, Filters
from transcripts.models import Passage, PassageState
from transcripts.text.spans import WordSpan, make_span


@dataclass(frozen=True, slots=True)
class SpanFilters:
    """`evidence`: of the contribution. Empty: everything that is coded outside rounds of double coding."""

    theme_ids: frozenset[UUID] = frozenset()
    contribution_ids: frozenset[UUID] = frozenset()
    question_key: str | None = None
    evidence: Filters = NO_FILTERS
    round_id: UUID | None = None


NO_SPAN_FILTERS = SpanFilters()


@dataclass(frozen=True, slots=True)
class CodedWords:
    """`question_keys`: that of the answer; of speech, those of the accepted passages with some of these words."""

    id: UUID
    theme_id: UUID
    theme_name: str
    contribution_id: UUID
    reference: str
    mode: Mode
    question_keys: tuple[str, ...]
    anchor: Anchor
    text: str
    before: str
    after: str
    start_seconds: float | None
    end_seconds: float | None
    coded_by: UUID | None
    coded_at: datetime
    source: CodingSource
    model: str
    model_version: str
    recording_id: UUID | None  # that has them, if it can be played

    @property
    def is_spoken(self) -> bool:
        return self.mode is Mode.INTERVIEW


def list_coded_spans(call: Call, filters: SpanFilters = NO_SPAN_FILTERS) -> list[CodedWords]:
    """In the order of contributions, then of the words."""
    rows = list(db.session.scalars(_select_spans(call, filters)))
    anchors = {row.id: read_anchor(row) for row in rows}
    reader = SpanReader(anchors.values())
    passages = _load_passages(anchors.values())
    found = [_build(row, anchors[row.id], reader, passages) for row in rows]
    spans = [span for span in found if span is not None]
    if filters.question_key is not None:
        spans = [span for span in spans if filters.question_key in span.question_keys]
    return sorted(spans, key=lambda span: (span.reference, str(span.contribution_id), _get_order(span.anchor)))


def _select_spans(call: Call, filters: SpanFilters) -> Select[CodedSpan]:
    return (
        select(CodedSpan)
        .join(CodedSpan.contribution)
        .join(CodedSpan.theme)
        .where(Contribution.call_id == call.id, allows(ExitUse.READING), is_open_contribution())
        .where(*_build_conditions(filters))
        .options(
            contains_eager(CodedSpan.theme),
            contains_eager(CodedSpan.contribution).options(
                joinedload(Contribution.participant), selectinload(Contribution.area_types)
            ),
        )
    )


def is_open_contribution() -> ColumnElement[bool]:
    """On Contribution: not a draft that somebody is still writing."""
    is_draft_interview = (Contribution.mode == Mode.INTERVIEW) & (Contribution.state == ContributionState.DRAFT)
    return or_(Contribution.state == ContributionState.SUBMITTED, is_draft_interview)


def _build_conditions(filters: SpanFilters) -> list[ColumnElement[bool]]:
    conditions = filters.evidence.build_conditions()
    conditions.append(
        CodedSpan.round_id.is_(None) if filters.round_id is None else CodedSpan.round_id == filters.round_id
    )
    if filters.theme_ids:
        conditions.append(Theme.id.in_(filters.theme_ids))
    if filters.contribution_ids:
        conditions.append(Contribution.id.in_(filters.contribution_ids))
    return conditions


def _build(
    row: CodedSpan, anchor: Anchor, reader: SpanReader, passages: dict[UUID, list[Passage]]
) -> CodedWords | None:
    words = reader.read(anchor)
    if words is None:  # they were deleted from the answer
        return None
    return CodedWords(
        id=row.id,
        theme_id=row.theme_id,
        theme_name=row.theme.name,
        contribution_id=row.contribution_id,
        reference=row.contribution.participant.reference,
        mode=row.contribution.mode,
        question_keys=_list_questions(anchor, reader, passages),
        anchor=anchor,
        text=words.text,
        before=words.before,
        after=words.after,
        start_seconds=words.start_seconds,
        end_seconds=words.end_seconds,
        coded_by=row.coded_by,
        coded_at=row.coded_at,
        source=row.source,
        model=row.model,
        model_version=row.model_version,
        recording_id=words.recording_id,
    )


def _list_questions(anchor: Anchor, reader: SpanReader, passages: dict[UUID, list[Passage]]) -> tuple[str, ...]:
    if not isinstance(anchor, SpeechAnchor):
        answer = reader.find_answer(anchor)
        return (answer.question_key,) if answer else ()
    keys = [row.question_key for row in passages[anchor.transcript_id] if _overlap(_get_span(row), anchor.span)]
    return tuple(dict.fromkeys(key for key in keys if key is not None))


def _load_passages(anchors: Iterable[Anchor]) -> dict[UUID, list[Passage]]:
    ids = {anchor.transcript_id for anchor in anchors if isinstance(anchor, SpeechAnchor)}
    query = select(Passage).where(Passage.transcript_id.in_(ids), Passage.state == PassageState.ACCEPTED)
    found: dict[UUID, list[Passage]] = defaultdict(list)
    for row in db.session.scalars(query.order_by(Passage.start_seconds)) if ids else ():
        found[row.transcript_id].append(row)
    return found


def _get_span(passage: Passage) -> WordSpan:
    return make_span(passage.first_segment, passage.last_segment, passage.first_word, passage.last_word)


def _overlap(one: WordSpan, other: WordSpan) -> bool:
    return one.start < other.end and other.start < one.end


def _get_order(anchor: Anchor) -> tuple[str, Sequence[int]]:
    if isinstance(anchor, SpeechAnchor):
        return str(anchor.transcript_id), (anchor.first_segment, anchor.first_word or 0)
    return str(anchor.answer_id), (anchor.start, anchor.end)
