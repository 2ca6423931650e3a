"""Sentence vectors kept in a file between runs: the larger model takes minutes for all labelled material."""

import sqlite3
from argparse import ArgumentParser
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from core.settings import load_settings
from transcripts.mapping.arrays import FloatArray
from transcripts.mapping.similarity import Similarity, load_similarity
from transcripts.model_store.installed_models import get_weights_folder

TEXTS_AT_A_TIME = 128  # saved after each, so that a run that is stopped loses little


def add_model_options(parser: ArgumentParser) -> None:
    parser.add_argument("--model", help="“small”, or a model's folder; default: the larger one if it is installed")
    parser.add_argument("--vectors", type=Path, help="a file to keep this model's sentence vectors in between runs")


def load_measured_model(model: str | None, vectors: Path | None) -> Similarity:
    """A model by SMALL or its folder; by default the larger one where it is installed."""
    similarity = load_similarity(model, get_weights_folder(load_settings()))
    return StoredVectors(similarity, vectors) if vectors else similarity


class StoredVectors:
    """The same vectors as `similarity` gives, from a file where they are in it."""

    def __init__(self, similarity: Similarity, path: Path) -> None:
        self.model_name = similarity.model_name
        self._similarity = similarity
        self._known: dict[str, FloatArray] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(path, timeout=60)
        self._file.execute("CREATE TABLE IF NOT EXISTS vectors (text_hash BLOB PRIMARY KEY, vector BLOB)")

    def embed(self, texts: Sequence[str]) -> FloatArray:
        unknown = [text for text in dict.fromkeys(texts) if text not in self._known and not self._read(text)]
        unknown.sort(key=len)
        for i in range(0, len(unknown), TEXTS_AT_A_TIME):
            self._store(unknown[i : i + TEXTS_AT_A_TIME])
        return np.stack([self._known[text] for text in texts])

    def _read(self, text: str) -> bool:
        row = self._file.execute("SELECT vector FROM vectors WHERE text_hash = ?", (_hash(text),)).fetchone()
        if row:
            self._known[text] = np.frombuffer(row[0], dtype=np.float32).astype(np.float64)
        return bool(row)

    def _store(self, texts: Sequence[str]) -> None:
        vectors = self._similarity.embed(texts)
        self._known.update(zip(texts, vectors, strict=True))
        rows = [(_hash(text), vector.astype(np.float32).tobytes()) for text, vector in zip(texts, vectors, strict=True)]
        with self._file:
            self._file.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)


def _hash(text: str) -> bytes:
    return sha256(text.encode("utf-8")).digest()
