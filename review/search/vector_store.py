"""Vectors of texts: written by the worker, compared exactly in memory. int8, as unit vectors times 127."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, func, insert, select

from core.database import db
from review.models import SearchEntry, SearchVector
from review.search.sentence_encoder import MeaningUnavailableError, load_encoder
from transcripts.importing.sentence_splitting import split_into_pieces
from transcripts.mapping.similarity import WEIGHTS_SHA256

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

EMBED_JOB = "prepare search by meaning"
DIMENSIONS = 384
SCALE = 127
PART_CHARACTERS = 600  # about a hundred words: what a vector can say
BATCH = 256
STORE_EXTENSION = "search_vectors"


@dataclass(frozen=True, slots=True)
class PartToEmbed:
    entry_number: int
    part: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Loaded:
    version: int  # the highest number; those of deleted entries are not used again
    numbers: list[int]
    matrix: "npt.NDArray[np.int8]"


_lock = Lock()


def load_query_vector(text: str) -> "npt.NDArray[np.int8] | None":
    """None where the libraries or the model are missing."""
    try:
        return _quantise(load_encoder().embed(text))
    except MeaningUnavailableError:
        return None


def find_nearest(vector: "npt.NDArray[np.int8]", limit: int) -> list[int]:
    """Numbers of entries, the most similar first; each once."""
    from usearch.index import MetricKind, search  # type: ignore[attr-defined]  # not in its list of exports

    loaded = _load_matrix()
    if loaded is None:
        return []
    matches = search(loaded.matrix, vector, min(limit * 2, len(loaded.numbers)), MetricKind.Cos, exact=True)
    return list(dict.fromkeys(loaded.numbers[int(key)] for key in matches.keys))[:limit]


def list_parts_to_embed(limit: int = BATCH) -> list[PartToEmbed]:
    """Of entries without a vector."""
    query = (
        select(SearchEntry.number, SearchEntry.text).where(_lacks_vector()).order_by(SearchEntry.number).limit(limit)
    )
    return [part for number, text in db.session.execute(query) for part in _iter_parts(number, text)]


def store_vectors(parts: Sequence[PartToEmbed], vectors: Any) -> None:
    """Entries that were indexed again meanwhile have other numbers."""
    numbers = {part.entry_number for part in parts}
    kept = set(db.session.scalars(select(SearchEntry.number).where(SearchEntry.number.in_(numbers))))
    rows = [
        {
            "entry_number": part.entry_number,
            "part": part.part,
            "start": part.start,
            "end": part.end,
            "model_sha256": WEIGHTS_SHA256,
            "vector": _quantise(vector).tobytes(),
        }
        for part, vector in zip(parts, vectors, strict=True)
        if part.entry_number in kept
    ]
    if rows:
        db.session.execute(insert(SearchVector), rows)


def find_call_to_prepare() -> UUID | None:
    """A call with a text that lacks its vector."""
    return db.session.scalars(select(SearchEntry.call_id).where(_lacks_vector()).limit(1)).first()


def _lacks_vector() -> ColumnElement[bool]:
    return ~select(SearchVector.part).where(SearchVector.entry_number == SearchEntry.number).exists()


def _quantise(vector: Any) -> "npt.NDArray[np.int8]":
    import numpy as np

    quantised: npt.NDArray[np.int8] = np.rint(np.asarray(vector) * SCALE).clip(-SCALE, SCALE).astype(np.int8)
    return quantised


def _load_matrix() -> _Loaded | None:
    """Read again when there are newer vectors. Those of deleted entries stay until then, and are found by nobody."""
    import numpy as np

    version = db.session.scalar(select(func.max(SearchVector.entry_number))) or 0
    with _lock:
        loaded: _Loaded | None = current_app.extensions.get(STORE_EXTENSION)
        if loaded is None or loaded.version != version:
            query = select(SearchVector.entry_number, SearchVector.vector).where(
                SearchVector.model_sha256 == WEIGHTS_SHA256
            )
            rows = db.session.execute(query).all()
            matrix = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.int8).reshape(len(rows), DIMENSIONS)
            loaded = _Loaded(version, [row[0] for row in rows], matrix)
            current_app.extensions[STORE_EXTENSION] = loaded
    return loaded if loaded.numbers else None


def _iter_parts(number: int, text: str) -> Iterator[PartToEmbed]:
    """Whole sentences, as many as a vector can say."""
    start, gathered, count = 0, "", 0
    for piece in split_into_pieces(text):
        if gathered and len(gathered) + len(piece) > PART_CHARACTERS:
            yield PartToEmbed(number, count, start, start + len(gathered), gathered)
            start, gathered, count = start + len(gathered), "", count + 1
        gathered = f"{gathered} {piece}".strip()
    yield PartToEmbed(number, count, start, start + len(gathered), gathered or text[:PART_CHARACTERS])
