"""Weigh the features of one interview into the scores of the sequence model. Reads no text (features.py)."""

import numpy as np

from transcripts.mapping.arrays import BoolArray, FloatArray, IntArray, log_sum
from transcripts.mapping.features import Features
from transcripts.mapping.sequence import IMPOSSIBLE, Scores
from transcripts.mapping.waiting import into_slots
from transcripts.mapping.weights import Weights

USUAL_SECONDS = 6.0  # a segment of this length counts once; a longer one is more evidence
CERTAIN = 1e-6  # nothing is surer than this
MOST_SECONDS = 15.0  # beyond this, more speech in one segment adds nothing new
STEPS = ("+1", "+2", "+3", "0", "-1", "-2", "first+")  # how far on from the question reached; +3 and -2: and beyond


def weigh(features: Features, seconds: FloatArray, weights: Weights) -> Scores:
    n, q = len(seconds), features.questions
    amount = amounts(seconds)
    about = _weighted("about", features.about, weights, (n, q)) * amount[:, None]
    outside = _weighted("outside", features.outside, weights, (n,)) * amount
    asked = _weighted("asked", features.asked, weights, (n, q))
    slots = into_slots(features.waiting, n)
    return Scores(
        labels=np.concatenate([about, outside[:, None]], axis=1),
        opening=asked + _weighted("opening", features.opening, weights, (n,))[:, None],
        returning=np.repeat(_weighted("returning", features.returning, weights, (n,))[:, None], q, axis=1),
        resuming=_weighted("resuming", features.resuming, weights, (n,)),
        leaving=_weighted("leaving", features.leaving, weights, (n,)),
        progress=np.stack([_in_order(q, weights), np.full((q + 1, q), -np.log(q))]),
        digression=np.stack([_out_of_turn(q, weights), np.full((q + 1, q), IMPOSSIBLE)]),
        after_outside=weights["after_outside"],
        courses=np.array([0.0, weights["free"]]),
        slots=slots,
        taken=slots.fit + weights.get("marker.taken", 0.0),
        unmarked=weights.get("marker.missing", 0.0),
    )


def amounts(seconds: FloatArray) -> FloatArray:
    """How much each segment's content counts. Shape (n,)."""
    counted: FloatArray = np.minimum(seconds, MOST_SECONDS) / USUAL_SECONDS
    return counted


def _weighted(part: str, features: dict[str, FloatArray], weights: Weights, shape: tuple[int, ...]) -> FloatArray:
    """The weighted sum of one part's features; a feature that was given no weight counts nothing."""
    total = np.zeros(shape)
    for name, values in features.items():
        total = total + weights.get(f"{part}.{name}", 0.0) * values
    return total


def steps(q: int) -> IntArray:
    """Which of STEPS leads from the question reached (row 0: none yet) to each question. Shape (q + 1, q)."""
    ahead = np.arange(q)[None, :] - (np.arange(q + 1)[:, None] - 1)
    step = np.select([ahead == 1, ahead == 2, ahead > 2, ahead == 0, ahead == -1], [0, 1, 2, 3, 4], 5)
    step[0] = np.where(ahead[0] == 1, 0, 6)
    return step.astype(np.int64)


def _in_order(q: int, weights: Weights) -> FloatArray:
    """Log-probability of the next question when the schedule is followed. Shape (q + 1, q)."""
    pull = np.array([weights[f"prog.{step}"] for step in STEPS])[steps(q)]
    chances: FloatArray = pull - log_sum(pull, axis=1)[:, None]
    return chances


def _out_of_turn(q: int, weights: Weights) -> FloatArray:
    """Log-potential of a digression. Shape (q + 1, q)."""
    pull = np.where(lies_behind(q), weights["dig.back"], weights["dig.ahead"]) - np.log(q)
    own_place = np.arange(q)[None, :] == np.arange(q + 1)[:, None] - 1
    return np.where(own_place, IMPOSSIBLE, pull)


def lies_behind(q: int) -> BoolArray:
    """Which questions come before the one reached. Shape (q + 1, q)."""
    behind: BoolArray = np.arange(q)[None, :] < np.arange(q + 1)[:, None]
    return behind


def calibrated(probabilities: FloatArray, weights: Weights) -> FloatArray:
    """Probabilities as sure as held-out interviews showed them to be right: log-odds over a fitted temperature.

    Segments are not as independent of each other as the field takes them to be, so it is surer than it should be.
    Guo et al. 2017, for the winning label alone. `probabilities`: shape (n,). Returns shape (n,).
    """
    held = np.clip(probabilities, CERTAIN, 1.0 - CERTAIN)
    odds = np.log(held / (1.0 - held)) / weights.get("temperature", 1.0)
    sure: FloatArray = 1.0 / (1.0 + np.exp(-odds))
    return sure
