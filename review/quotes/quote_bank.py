"""Read quotes as frozen values with their words: only those that their people allow now."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from core.database import db
from evidence.models import Call, Contribution, Mode, Participant
from review.coding.anchors import Anchor, read_anchor
from review.coding.span_text import SpanReader, SpanText
from review.models import Attribution, Quote, QuoteState
from review.quotes.attributions import NO_RIGHTS, build_attribution, load_capacities, load_rights
from review.quotes.quote_text import TextChange, compare_texts, split_brackets
from review.quotes.quotes import SHOWN_TO_PARTICIPANT
from review.reading.filters import NO_FILTERS, Filters

MANY_QUOTES = 3  # of one person: more are a warning
IN_REPORT = {QuoteState.CHOSEN, QuoteState.SENT, QuoteState.APPROVED, QuoteState.CHANGED, QuoteState.USED}


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """`text`: as it may be printed, which is the participant's own version where they changed it."""

    id: UUID
    reference: str  # the person's, with the number of the quote
    contribution_id: UUID
    participant_id: UUID
    mode: Mode
    state: QuoteState
    attribution: Attribution
    attribution_line: str
    text: str
    changes: tuple[TextChange, ...]  # of the text, against what was said or what was sent
    original: str
    before: str
    after: str
    anchor: Anchor
    start_seconds: float | None
    end_seconds: float | None
    intended_use: str
    used_in: str
    answer_by: date | None
    recording_id: UUID | None  # that has its words, if it can be played

    @property
    def is_spoken(self) -> bool:
        return self.mode is Mode.INTERVIEW


@dataclass(frozen=True, slots=True)
class ClosedQuote:
    """One that may no longer be shown; only where it was used."""

    id: UUID
    reference: str
    state: QuoteState
    used_in: str
    intended_use: str


@dataclass(frozen=True, slots=True)
class QuoteBank:
    quotes: tuple[ShownQuote, ...]
    closed: tuple[ClosedQuote, ...]

    @property
    def often_quoted(self) -> list[tuple[str, int]]:
        """People with many quotes for the report, by their reference."""
        counts = Counter(quote.reference.partition("/")[0] for quote in self.quotes if quote.state in IN_REPORT)
        return [(reference, count) for reference, count in counts.most_common() if count > MANY_QUOTES]


def load_quote_bank(call: Call, state: QuoteState | None = None, filters: Filters = NO_FILTERS) -> QuoteBank:
    query = select(Quote).where(Contribution.call_id == call.id, *filters.build_conditions())
    if state is not None:
        query = query.where(Quote.state == state)
    return _read(_load(query))


def list_own_quotes(participant_id: UUID, call: Call) -> tuple[ShownQuote, ...]:
    """That the participant has been asked about."""
    own = Contribution.call_id == call.id, Contribution.participant_id == participant_id
    return _read(_load(select(Quote).where(*own, Quote.state.in_(SHOWN_TO_PARTICIPANT)))).quotes


def find_shown_quote(quote: Quote) -> ShownQuote | None:
    return next(iter(_read(_load(select(Quote).where(Quote.id == quote.id))).quotes), None)


def _load(query: object) -> list[Quote]:
    full = (
        query.join(Quote.contribution)  # type: ignore[attr-defined]  # a select of Quote
        .join(Contribution.participant)
        .options(
            contains_eager(Quote.contribution).options(
                contains_eager(Contribution.participant).joinedload(Participant.contact),
                joinedload(Contribution.call),
                selectinload(Contribution.area_types),
            ),
            selectinload(Quote.words),
        )
        .order_by(Participant.reference, Quote.number)
    )
    return list(db.session.scalars(full))


def _read(rows: Iterable[Quote]) -> QuoteBank:
    quotes = list(rows)
    anchors = {row.id: read_anchor(row.words) for row in quotes if row.words is not None}
    reader = SpanReader(anchors.values())
    rights = load_rights({row.contribution_id for row in quotes})
    capacities = load_capacities(row.contribution for row in quotes)
    shown: list[ShownQuote] = []
    closed: list[ClosedQuote] = []
    for row in quotes:
        kind = rights.get(row.contribution_id, NO_RIGHTS).choose(row.attribution)
        anchor = anchors.get(row.id)
        words = reader.read(anchor) if anchor is not None and kind is not None else None
        if kind is None or anchor is None or words is None:
            closed.append(ClosedQuote(row.id, build_reference(row), row.state, row.used_in, row.intended_use))
            continue
        line = build_attribution(row.contribution, kind, capacities.get(row.contribution_id, ""))
        shown.append(_build(row, kind, line, anchor, words))
    return QuoteBank(tuple(shown), tuple(closed))


def build_reference(quote: Quote) -> str:
    return f"{quote.contribution.participant.reference}/{quote.number}"


def _build(row: Quote, kind: Attribution, line: str, anchor: Anchor, words: SpanText) -> ShownQuote:
    edited = row.words.edited_text if row.words else None
    sent = edited if edited is not None else " ".join(words.text.split())
    own = row.words.participant_text if row.words else None
    return ShownQuote(
        id=row.id,
        reference=build_reference(row),
        contribution_id=row.contribution_id,
        participant_id=row.contribution.participant_id,
        mode=row.contribution.mode,
        state=row.state,
        attribution=kind,
        attribution_line=line,
        text=sent if own is None else own,
        changes=tuple(split_brackets(sent) if own is None else compare_texts(sent, own)),
        original=words.text,
        before=words.before,
        after=words.after,
        anchor=anchor,
        start_seconds=words.start_seconds,
        end_seconds=words.end_seconds,
        intended_use=row.intended_use,
        used_in=row.used_in,
        answer_by=row.answer_by,
        recording_id=words.recording_id,
    )
