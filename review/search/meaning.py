"""Texts with a similar meaning, by the vectors that the worker has calculated. Without them, it says so."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, select

from core.database import db
from review.models import SearchEntry, SearchVector
from review.search.query_parser import SearchQuery
from review.search.vector_store import find_nearest, load_query_vector


class MeaningState(StrEnum):
    READY = "ready"
    PREPARING = "being prepared"
    OFF = "off"


OFF = MeaningState.OFF


def find_similar(
    query: SearchQuery, conditions: Sequence[ColumnElement[bool]], limit: int
) -> tuple[MeaningState, list[int]]:
    """Numbers of entries that fulfil the conditions, the most similar first."""
    has_vectors = db.session.scalar(select(exists().where(SearchVector.part == 0)))
    vector = load_query_vector(query.plain_text) if has_vectors else None
    if vector is None:
        return MeaningState.PREPARING, []
    nearest = find_nearest(vector, limit * 2)
    allowed = set(db.session.scalars(select(SearchEntry.number).where(SearchEntry.number.in_(nearest), *conditions)))
    return MeaningState.READY, [number for number in nearest if number in allowed][:limit]
