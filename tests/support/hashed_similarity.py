"""A small, real similarity for tests that need no language model: words hashed into a vector, weighted by length."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

DIMENSIONS = 256
STEM_LENGTH = 5


class HashedSimilarity:
    model_name = "hashed words"

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Unit vectors, shape (len(texts), DIMENSIONS)."""
        vectors = np.full((len(texts), DIMENSIONS), 1e-3)
        for row, text in enumerate(texts):
            for word in re.findall(r"[a-z]+", text.lower()):
                vectors[row, _hash_dimension(word)] += len(word) / 4
        unit: npt.NDArray[np.float64] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def _hash_dimension(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word[:STEM_LENGTH].encode(), digest_size=2).digest()) % DIMENSIONS
