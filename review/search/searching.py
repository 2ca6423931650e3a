"""Search a call: count first, rank when there are not too many, and only what may be read by its reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select

from core.database import UuidModel, db
from core.exits import ExitUse
from evidence.consent_conditions import allows
from evidence.models import Call, Contribution
from review.models import SearchEntry, SearchKind
from review.reading.contributions import is_readable
from review.reading.filters import Filters
from review.search import meaning
from review.search.query_parser import SearchQuery
from review.search.word_engines import HIT_END, HIT_START, current_engine
from transcripts.models import Transcript

MAX_RANKED = 20_000
MAX_MEANINGS = 200
PAGE_SIZE = 20
FUSION_CONSTANT = 60  # reciprocal rank fusion: Cormack, Clarke and Büttcher 2009
BEGINNING_CHARACTERS = 320


Rows = TypeVar("Rows", bound=UuidModel)


class Order(StrEnum):
    RANK = "the best first"
    NEWEST = "the newest first"


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Hit:
    entry: SearchEntry
    contribution: Contribution
    transcript: Transcript | None
    pieces: tuple[Piece, ...]
    has_words: bool  # False: found by its meaning alone


@dataclass(frozen=True, slots=True)
class SearchResult:
    total: int  # of texts with the words; more than MAX_RANKED: at least so many
    found: int  # of texts that the pages list
    order: Order
    hits: tuple[Hit, ...]
    meaning: meaning.MeaningState

    @property
    def pages(self) -> int:
        return -(-min(self.found, MAX_RANKED) // PAGE_SIZE)

    @property
    def has_more_than_counted(self) -> bool:
        return self.total > MAX_RANKED


@dataclass(frozen=True, slots=True)
class SearchScope:
    """Where to look."""

    call: Call
    filters: Filters
    kind: SearchKind | None = None
    question_key: str | None = None

    def build_conditions(self) -> list[ColumnElement[bool]]:
        """On SearchEntry. Who may be read is asked once, before any limit; several queries then use the answer."""
        may_read = and_(is_readable(), allows(ExitUse.SEARCH), *self.filters.build_conditions())
        query = select(Contribution.id, case((may_read, 1), else_=0)).where(Contribution.call_id == self.call.id)
        decided = db.session.execute(query).all()
        conditions = [SearchEntry.call_id == self.call.id, _limit_to(decided)]
        conditions += [SearchEntry.kind == self.kind] if self.kind else []
        return conditions + ([SearchEntry.question_key == self.question_key] if self.question_key else [])


def _limit_to(decided: Sequence[Row[UUID, int]]) -> ColumnElement[bool]:
    """By the shorter list of ids."""
    allowed = [contribution_id for contribution_id, may_read in decided if may_read]
    hidden = [contribution_id for contribution_id, may_read in decided if not may_read]
    if len(hidden) < len(allowed):
        return SearchEntry.contribution_id.not_in(hidden)
    return SearchEntry.contribution_id.in_(allowed)


def search(scope: SearchScope, query: SearchQuery, page: int = 1, *, by_meaning: bool = True) -> SearchResult:
    engine, conditions = current_engine(), scope.build_conditions()
    matching = select(SearchEntry.number).where(engine.build_match(query), *conditions)
    total = db.session.scalar(select(func.count()).select_from(matching.limit(MAX_RANKED + 1).subquery())) or 0
    state, similar = meaning.find_similar(query, conditions, MAX_MEANINGS) if by_meaning else (meaning.OFF, [])
    if total > MAX_RANKED:
        newest = matching.order_by(SearchEntry.number.desc()).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
        numbers, found, order = list(db.session.scalars(newest)), MAX_RANKED, Order.NEWEST
    else:
        limit = page * PAGE_SIZE + MAX_MEANINGS
        fused = fuse_ranks(engine.load_ranked(query, conditions, limit), similar)
        found, order = total + len(set(similar) - _list_matching(matching, similar)), Order.RANK
        numbers = fused[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return SearchResult(total, found, order, _load_hits(query, numbers), state)


def fuse_ranks(*rankings: Sequence[int]) -> list[int]:
    """Reciprocal rank fusion of numbers of entries, the best first."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, number in enumerate(ranking, 1):
            scores[number] = scores.get(number, 0.0) + 1 / (FUSION_CONSTANT + rank)
    return sorted(scores, key=lambda number: (-scores[number], number))


def _list_matching(matching: Select[int], numbers: Sequence[int]) -> set[int]:
    return set(db.session.scalars(matching.where(SearchEntry.number.in_(numbers)))) if numbers else set()


def _load_hits(query: SearchQuery, numbers: Sequence[int]) -> tuple[Hit, ...]:
    rows = db.session.scalars(select(SearchEntry).where(SearchEntry.number.in_(numbers)))
    entries = {row.number: row for row in rows}
    contexts = current_engine().load_contexts(query, numbers) if numbers else {}
    contributions = _load_by_id(Contribution, {row.contribution_id for row in entries.values()})
    transcripts = _load_by_id(Transcript, {row.transcript_id for row in entries.values() if row.transcript_id})
    return tuple(
        Hit(
            entries[number],
            contributions[entries[number].contribution_id],
            transcripts.get(entries[number].transcript_id or entries[number].contribution_id),
            split_context(contexts.get(number) or _begin(entries[number].text)),
            HIT_START in contexts.get(number, ""),
        )
        for number in numbers
        if number in entries
    )


def split_context(context: str) -> tuple[Piece, ...]:
    """What is between HIT_START and HIT_END is a hit."""
    pieces: list[Piece] = []
    for part in context.split(HIT_START):
        hit, mark, rest = part.partition(HIT_END)
        pieces += [Piece(hit, bool(mark))] + ([Piece(rest, is_hit=False)] if mark else [])
    return tuple(piece for piece in pieces if piece.text)


def _begin(said: str) -> str:
    return said if len(said) <= BEGINNING_CHARACTERS else f"{said[:BEGINNING_CHARACTERS].rsplit(' ', 1)[0]}…"


def _load_by_id(rows: type[Rows], ids: set[UUID]) -> dict[UUID, Rows]:
    return {row.id: row for row in db.session.scalars(select(rows).where(rows.id.in_(ids)))} if ids else {}
