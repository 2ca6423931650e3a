"""Which voice says each word: a hidden Markov model over the words, with the windows around each as evidence. Pure.

Changing the speaker costs little after a pause or a sentence, more inside one.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from transcripts.speakers.voice_clustering import FloatArray, Labels, Vectors
from transcripts.speakers.voice_windows import PAUSE_SECONDS, SpokenUnit, TimeSpan

EVIDENCE_WEIGHT = 8.0  # log-likelihood per unit of cosine, for a usual word: so that 90% certain is right 9 times in 10
USUAL_WORD_SECONDS = 0.3
REACH_SECONDS = 0.35  # windows this far from a word's middle say half as much or less
SHORT_GAP_SECONDS = 0.12
CHANGE_COSTS = {"pause": 0.3, "sentence": 1.0, "phrase": 3.0}  # in log-likelihood


def weigh_windows(vectors: Vectors, centres: FloatArray) -> FloatArray:
    """Log-likelihood of each voice for each window, shape (windows, voices)."""
    return EVIDENCE_WEIGHT * (vectors @ centres.T)


def list_window_change_costs(windows: Sequence[TimeSpan]) -> FloatArray:
    """Of another voice from the window before, shape (windows,)."""
    starts, ends = np.array(windows).T
    is_after_silence = np.concatenate(([True], starts[1:] > ends[:-1]))
    return np.where(is_after_silence, CHANGE_COSTS["pause"], CHANGE_COSTS["phrase"])


def weigh_words(
    units: Sequence[SpokenUnit], windows: Sequence[TimeSpan], vectors: Vectors, centres: FloatArray
) -> FloatArray:
    """Log-likelihood of each voice for each word, shape (units, voices). `windows` in order of their start."""
    likeness = vectors @ centres.T
    spans = np.array(windows, dtype=np.float64).reshape(-1, 2)
    middles = spans.mean(axis=1)
    longest = float((spans[:, 1] - spans[:, 0]).max(initial=0.0))
    evidence = np.zeros((len(units), len(centres)))
    for row, unit in enumerate(units):
        middle = (unit.start + unit.end) / 2
        near = slice(*np.searchsorted(spans[:, 0], (middle - longest, middle + 1e-9), side="left"))
        covers = spans[near, 1] >= middle
        if covers.any():
            share = np.exp(-np.square((middles[near][covers] - middle) / REACH_SECONDS))
            length = min(1.0, (unit.end - unit.start) / USUAL_WORD_SECONDS)
            evidence[row] = EVIDENCE_WEIGHT * length * (share @ likeness[near][covers]) / share.sum()
    return evidence


def list_change_costs(units: Sequence[SpokenUnit]) -> FloatArray:
    """Of another voice from the word before, shape (units,)."""
    kinds = ["pause", *(_name_boundary(one, other) for one, other in pairwise(units))]
    return np.array([CHANGE_COSTS[kind] for kind in kinds[: len(units)]])


def find_likeliest_voices(evidence: FloatArray, costs: FloatArray) -> Labels:
    """Viterbi. Shape (units,)."""
    count, voices = evidence.shape
    stay = np.eye(voices, dtype=bool)
    score, origins = evidence[0], np.zeros((count, voices), dtype=np.intp)
    for row in range(1, count):
        steps = score[:, None] - np.where(stay, 0.0, costs[row])
        origins[row] = steps.argmax(axis=0)
        score = steps.max(axis=0) + evidence[row]
    path = np.empty(count, dtype=np.intp)
    path[-1] = score.argmax()
    for row in range(count - 1, 0, -1):
        path[row - 1] = origins[row, path[row]]
    return path


def compute_posteriors(evidence: FloatArray, costs: FloatArray) -> FloatArray:
    """Forward-backward: how likely each voice says each word, shape (units, voices)."""
    count, voices = evidence.shape
    stay = np.eye(voices, dtype=bool)
    forward, backward = evidence.copy(), np.zeros_like(evidence)
    for row in range(1, count):
        steps = forward[row - 1][:, None] - np.where(stay, 0.0, costs[row])
        forward[row] = evidence[row] + np.logaddexp.reduce(steps, axis=0)
    for row in range(count - 2, -1, -1):
        steps = evidence[row + 1] + backward[row + 1] - np.where(stay, 0.0, costs[row + 1])
        backward[row] = np.logaddexp.reduce(steps, axis=1)
    both = forward + backward
    posteriors: FloatArray = np.exp(both - np.logaddexp.reduce(both, axis=1)[:, None])
    return posteriors


def _name_boundary(one: SpokenUnit, other: SpokenUnit) -> str:
    gap = other.start - one.end
    if gap > PAUSE_SECONDS:
        return "pause"
    return "sentence" if one.ends_sentence or gap > SHORT_GAP_SECONDS else "phrase"
