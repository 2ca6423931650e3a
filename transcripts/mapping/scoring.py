"""Weigh the features of one interview into the scores of the sequence model. Reads no text (features.py)."""

import numpy as np

from transcripts.mapping.arrays import BoolArray, FloatArray, IntArray, logsumexp
from transcripts.mapping.feature_weights import FeatureWeights
from transcripts.mapping.features import Features
from transcripts.mapping.marker_states import assign_slots
from transcripts.mapping.sequence import IMPOSSIBLE, Scores

USUAL_SEGMENT_SECONDS = 6.0  # a segment of this length counts once; a longer one is more evidence
MIN_DOUBT = 1e-6  # nothing is surer than this
MAX_SEGMENT_SECONDS = 15.0  # beyond this, more speech in one segment adds nothing new
STEP_NAMES = (
    "+1",
    "+2",
    "+3",
    "0",
    "-1",
    "-2",
    "first+",
)  # how far on from the question reached; +3 and -2: and beyond


def compute_scores(features: Features, seconds: FloatArray, weights: FeatureWeights) -> Scores:
    n, q = len(seconds), features.question_count
    amount = compute_segment_weights(seconds)
    about = _sum_weighted_features("about", features.about, weights, (n, q)) * amount[:, None]
    outside = _sum_weighted_features("outside", features.outside, weights, (n,)) * amount
    asked = _sum_weighted_features("asked", features.asked, weights, (n, q))
    slots = assign_slots(features.pending_markers, n)
    return Scores(
        labels=np.concatenate([about, outside[:, None]], axis=1),
        opening=asked + _sum_weighted_features("opening", features.opening, weights, (n,))[:, None],
        returning=np.repeat(_sum_weighted_features("returning", features.returning, weights, (n,))[:, None], q, axis=1),
        resuming=_sum_weighted_features("resuming", features.resuming, weights, (n,)),
        leaving=_sum_weighted_features("leaving", features.leaving, weights, (n,)),
        progress=np.stack([_score_in_order(q, weights), np.full((q + 1, q), -np.log(q))]),
        digression=np.stack([_score_out_of_turn(q, weights), np.full((q + 1, q), IMPOSSIBLE)]),
        after_outside=weights["after_outside"],
        order_scores=np.array([0.0, weights["free"]]),
        slots=slots,
        marker_scores=slots.log_fit + weights.get("marker.taken", 0.0),
        no_marker_score=weights.get("marker.missing", 0.0),
    )


def compute_segment_weights(seconds: FloatArray) -> FloatArray:
    """How much each segment's content counts. Shape (n,)."""
    counted: FloatArray = np.minimum(seconds, MAX_SEGMENT_SECONDS) / USUAL_SEGMENT_SECONDS
    return counted


def _sum_weighted_features(
    part: str, features: dict[str, FloatArray], weights: FeatureWeights, shape: tuple[int, ...]
) -> FloatArray:
    """The weighted sum of one part's features; a feature that was given no weight counts nothing."""
    total = np.zeros(shape)
    for name, values in features.items():
        total = total + weights.get(f"{part}.{name}", 0.0) * values
    return total


def classify_steps(q: int) -> IntArray:
    """Which of STEPS leads from the question reached (row 0: none yet) to each question. Shape (q + 1, q)."""
    ahead = np.arange(q)[None, :] - (np.arange(q + 1)[:, None] - 1)
    step = np.select([ahead == 1, ahead == 2, ahead > 2, ahead == 0, ahead == -1], [0, 1, 2, 3, 4], 5)
    step[0] = np.where(ahead[0] == 1, 0, 6)
    return step.astype(np.int64)


def _score_in_order(q: int, weights: FeatureWeights) -> FloatArray:
    """Log-probability of the next question when the schedule is followed. Shape (q + 1, q)."""
    pull = np.array([weights[f"prog.{step}"] for step in STEP_NAMES])[classify_steps(q)]
    chances: FloatArray = pull - logsumexp(pull, axis=1)[:, None]
    return chances


def _score_out_of_turn(q: int, weights: FeatureWeights) -> FloatArray:
    """Log-potential of a digression. Shape (q + 1, q)."""
    pull = np.where(lies_behind(q), weights["dig.back"], weights["dig.ahead"]) - np.log(q)
    own_place = np.arange(q)[None, :] == np.arange(q + 1)[:, None] - 1
    return np.where(own_place, IMPOSSIBLE, pull)


def lies_behind(q: int) -> BoolArray:
    """Which questions come before the one reached. Shape (q + 1, q)."""
    behind: BoolArray = np.arange(q)[None, :] < np.arange(q + 1)[:, None]
    return behind


def calibrate_probabilities(probabilities: FloatArray, weights: FeatureWeights) -> FloatArray:
    """Probabilities as sure as held-out interviews showed them to be right: log-odds over a fitted temperature.

    Segments are not as independent of each other as the field takes them to be, so it is surer than it should be.
    Guo et al. 2017, for the winning label alone. `probabilities`: shape (n,). Returns shape (n,).
    """
    held = np.clip(probabilities, MIN_DOUBT, 1.0 - MIN_DOUBT)
    odds = np.log(held / (1.0 - held)) / weights.get("temperature", 1.0)
    sure: FloatArray = 1.0 / (1.0 + np.exp(-odds))
    return sure
