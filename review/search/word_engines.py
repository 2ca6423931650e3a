"""Words in the database's own index: FTS5 on SQLite, tsvector on PostgreSQL, behind one Protocol."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import ColumnElement, column, func, literal_column, select, table, text

from core.database import db
from review.models import SearchEntry
from review.search.query_parser import SearchQuery, Term, TermKind, fold

HIT_START, HIT_END = "\x02", "\x03"  # no stored text has them
CONTEXT_WORDS = 40
INDEX = table("search_index", column("rowid"))
DOCUMENT: ColumnElement[Any] = literal_column("search_entry.document")
HEADLINE_OPTIONS = f"StartSel={HIT_START}, StopSel={HIT_END}, MaxWords={CONTEXT_WORDS}, MinWords=20, MaxFragments=2"


class WordEngine(Protocol):
    def build_match(self, query: SearchQuery) -> ColumnElement[bool]:
        """A condition on SearchEntry."""

    def load_ranked(self, query: SearchQuery, allowed: Sequence[ColumnElement[bool]], limit: int) -> list[int]:
        """Numbers of entries, the best first."""

    def load_contexts(self, query: SearchQuery, numbers: Sequence[int]) -> dict[int, str]:
        """The words around the hits, which are between HIT_START and HIT_END."""


class SqliteEngine:
    def build_match(self, query: SearchQuery) -> ColumnElement[bool]:
        found = select(INDEX.c.rowid).where(self._match(query))
        return SearchEntry.number.in_(found)

    def load_ranked(self, query: SearchQuery, allowed: Sequence[ColumnElement[bool]], limit: int) -> list[int]:
        ranked = select(SearchEntry.number).join(INDEX, INDEX.c.rowid == SearchEntry.number)
        ranked = ranked.where(self._match(query), *allowed).order_by(text("bm25(search_index)"), SearchEntry.number)
        return list(db.session.scalars(ranked.limit(limit)))

    def load_contexts(self, query: SearchQuery, numbers: Sequence[int]) -> dict[int, str]:
        snippet: ColumnElement[str] = func.snippet(
            literal_column("search_index"), 0, HIT_START, HIT_END, "…", CONTEXT_WORDS
        )
        found = select(INDEX.c.rowid, snippet).where(self._match(query), INDEX.c.rowid.in_(numbers))
        return dict(db.session.execute(found).all())

    def _match(self, query: SearchQuery) -> ColumnElement[bool]:
        return text("search_index MATCH :fts_query").bindparams(fts_query=write_fts_query(query))  # type: ignore[return-value]  # a condition


class PostgresEngine:
    def build_match(self, query: SearchQuery) -> ColumnElement[bool]:
        return DOCUMENT.op("@@")(_write_tsquery(query))

    def load_ranked(self, query: SearchQuery, allowed: Sequence[ColumnElement[bool]], limit: int) -> list[int]:
        rank = func.ts_rank_cd(DOCUMENT, _write_tsquery(query), 1)
        ranked = select(SearchEntry.number).where(self.build_match(query), *allowed)
        return list(db.session.scalars(ranked.order_by(rank.desc(), SearchEntry.number).limit(limit)))

    def load_contexts(self, query: SearchQuery, numbers: Sequence[int]) -> dict[int, str]:
        headline = func.ts_headline("english", SearchEntry.text, _write_tsquery(query), HEADLINE_OPTIONS)
        found = select(SearchEntry.number, headline).where(SearchEntry.number.in_(numbers))
        return dict(db.session.execute(found).all())


def current_engine() -> WordEngine:
    return SqliteEngine() if db.engine.dialect.name == "sqlite" else PostgresEngine()


def write_fts_query(query: SearchQuery) -> str:
    """Every word is quoted, so that nothing in it is an operator."""
    included = " AND ".join(_write_fts_term(term) for term in query.included_terms)
    excluded = " OR ".join(_write_fts_term(term) for term in query.excluded_terms)
    return f"({included}) NOT ({excluded})" if excluded else included


def _write_fts_term(term: Term) -> str:
    quoted = f'"{" ".join(term.words)}"'
    return f"{quoted} *" if term.kind is TermKind.PREFIX else quoted


def _write_tsquery(query: SearchQuery) -> ColumnElement[Any]:
    plain = " ".join(_write_web_term(term) for term in query.terms if term.kind is not TermKind.PREFIX)
    whole: ColumnElement[Any] = func.websearch_to_tsquery("english", plain)
    for term in query.terms:
        if term.kind is TermKind.PREFIX:
            prefix = f"{'!' if term.is_excluded else ''}'{fold(term.words[0])}':*"
            whole = whole.op("&&")(func.to_tsquery("english", prefix))
    return whole


def _write_web_term(term: Term) -> str:
    words = fold(" ".join(term.words))
    return f'{"-" if term.is_excluded else ""}"{words}"'
