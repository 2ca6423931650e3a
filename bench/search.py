"""How long a search takes beside LIKE: `python -m bench.search [passages] [vectors]`. SQLite, or the database of
LISTENING_POST_DATABASE_URL, which has to be empty.
"""

import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from flask_migrate import upgrade
from sqlalchemy import func, insert, select

from core.database import db
from evidence.models import Call
from review.models import SearchEntry, SearchKind, SearchVector
from review.reading.filters import NO_FILTERS
from review.search.query_parser import parse_query
from review.search.searching import SearchScope, search
from review.search.vector_store import DIMENSIONS
from tests.support import make_evidence, make_review
from tests.support.installations import make_settings
from transcripts.mapping.similarity import WEIGHTS_SHA256
from wsgi import create_app

CONTRIBUTIONS = 1000
BATCH = 5000
SYLLABLES = ("wa", "ti", "ho", "spi", "le", "tor", "ca", "re", "mo", "nu", "phy", "si", "o", "den", "gra", "pe")
QUERIES = ("hospital*", "watile", '"watile care"', "care torpe -mosi", "phy*", "horewa nuden")
ROUNDS = 10
FIRST_PART = {"part": 0, "start": 0, "end": 1, "model_sha256": WEIGHTS_SHA256}


def main(passages: int = 100_000, vectors: int = 100_000) -> None:
    url = os.environ.get("LISTENING_POST_DATABASE_URL")
    changes = {"DATABASE_URL": url} if url else {}
    with TemporaryDirectory() as folder:
        app = create_app(make_settings(Path(folder), **changes))
        with app.app_context():
            upgrade()
            call = _fill(passages, vectors)
            print(f"{passages} passages, {vectors} vectors, {db.engine.dialect.name}")
            scope = SearchScope(call, NO_FILTERS)
            for words in QUERIES:
                query = parse_query(words)
                result = search(scope, query, by_meaning=False)
                alone = _measure(lambda: search(scope, query, by_meaning=False))  # noqa: B023 runs at once
                both = _measure(lambda: search(scope, query)) if vectors else "-"  # noqa: B023
                like = _measure(lambda: _search_like(query.included_terms[0].words[0]))  # noqa: B023
                print(f"{words:20} {result.total:6} found  words {alone}  with meaning {both}  LIKE {like}")


def _measure(run: Callable[[], object]) -> str:
    run()
    times = []
    for _ in range(ROUNDS):
        before = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - before))
    return f"{statistics.median(times):6.1f} ms, worst {max(times):6.1f} ms"


def _search_like(word: str) -> object:
    return db.session.scalar(select(func.count()).where(SearchEntry.text.ilike(f"%{word}%")))


def _fill(passages: int, vectors: int) -> Call:
    chance = random.Random(7)
    words = ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(20_000)] + ["watile", "care", "hospital"] * 20
    call = make_evidence.call(slug="bench")
    people = [make_review.written_contribution(call).id for _ in range(CONTRIBUTIONS)]
    db.session.commit()
    for start in range(0, passages, BATCH):
        rows = [
            {
                "kind": SearchKind.WRITTEN_ANSWER,
                "call_id": call.id,
                "contribution_id": people[number % CONTRIBUTIONS],
                "text": " ".join(chance.choices(words, k=60)),
            }
            for number in range(start, min(start + BATCH, passages))
        ]
        db.session.execute(insert(SearchEntry), rows)
        db.session.commit()
    _add_vectors(vectors)
    return call


def _add_vectors(count: int) -> None:
    values = np.random.default_rng(7).integers(-30, 30, (count, DIMENSIONS), dtype=np.int8)
    numbers = db.session.scalars(select(SearchEntry.number).order_by(SearchEntry.number).limit(count)).all()
    for start in range(0, count, BATCH):
        rows = [
            FIRST_PART | {"entry_number": number, "vector": row.tobytes()}
            for number, row in zip(numbers[start : start + BATCH], values[start : start + BATCH], strict=True)
        ]
        db.session.execute(insert(SearchVector), rows)
        db.session.commit()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
