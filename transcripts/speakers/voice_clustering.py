"""How many voices there are, and what each is like, from vectors of short windows of speech. Pure.

Spherical k-means (Dhillon and Modha 2001) for two to four voices. One voice cut in two gives centres that are alike and
vectors that lie in one cloud between them; two voices give two clouds. Figures are in docs/decisions/0025-voices.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_VOICES = 4
STARTS = 8
MAX_ITERATIONS = 30
SEED = 5

Vectors = NDArray[np.float32]
FloatArray = NDArray[np.float64]
Labels = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class VoiceCentres:
    centres: FloatArray  # unit vectors, shape (voices, size)
    labels: Labels  # the nearest centre of each window, shape (windows,)


def find_centres(vectors: Vectors, weights: FloatArray, voices: int) -> VoiceCentres:
    """`vectors`: unit vectors, shape (windows, size); `weights`: shape (windows,). The best of several starts."""
    draw = np.random.default_rng(SEED)
    fits = [_iterate(vectors, weights, _propose_centres(vectors, weights, voices, draw)) for _ in range(STARTS)]
    return max(fits, key=lambda fit: float(weights @ (vectors @ fit.centres.T).max(axis=1)))


def average_by_label(vectors: Vectors, weights: FloatArray, labels: Labels, voices: int) -> FloatArray:
    sums: FloatArray = np.array([(vectors * weights[:, None])[labels == voice].sum(axis=0) for voice in range(voices)])
    return _normalise(sums)


def measure_separation(vectors: Vectors, labels: Labels, centres: FloatArray) -> FloatArray:
    """How far apart the clouds of each two voices are, in their own deviations (d′), shape (voices, voices).

    Zero where a voice has fewer than two windows.
    """
    voices = len(centres)
    separation = np.zeros((voices, voices))
    for first in range(voices):
        for second in range(first):
            along = vectors @ (centres[first] - centres[second])
            separation[first, second] = separation[second, first] = _compute_sensitivity(
                along[labels == first], along[labels == second]
            )
    return separation


def measure_likeness(centres: FloatArray) -> float:
    """The highest cosine between two centres."""
    return float((centres @ centres.T)[np.triu_indices(len(centres), 1)].max(initial=-1.0))


def _compute_sensitivity(one: FloatArray, other: FloatArray) -> float:
    if min(len(one), len(other)) < 2:
        return 0.0
    return float((one.mean() - other.mean()) / np.sqrt((one.var() + other.var()) / 2 + 1e-9))


def _propose_centres(vectors: Vectors, weights: FloatArray, voices: int, draw: np.random.Generator) -> FloatArray:
    """k-means++: each further centre is likely to be far from the earlier ones."""
    chosen: list[int] = [int(draw.integers(len(vectors)))]
    while len(chosen) < voices:
        distance = weights * np.square(1 - (vectors @ vectors[chosen].T).max(axis=1)) + 1e-12
        chosen.append(int(draw.choice(len(vectors), p=distance / distance.sum())))
    return vectors[chosen].astype(np.float64)


def _iterate(vectors: Vectors, weights: FloatArray, centres: FloatArray) -> VoiceCentres:
    for _ in range(MAX_ITERATIONS):
        labels = (vectors @ centres.T).argmax(axis=1)
        moved = average_by_label(vectors, weights, labels, len(centres))
        has_windows = np.bincount(labels, minlength=len(centres)) > 0
        moved = np.where(has_windows[:, None], moved, centres)
        if np.allclose(moved, centres, atol=1e-5):
            break
        centres = moved
    return VoiceCentres(centres, (vectors @ centres.T).argmax(axis=1))


def _normalise(sums: FloatArray) -> FloatArray:
    """Zeros stay zeros."""
    unit: FloatArray = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return unit
