"""Weigh the features of one interview into the scores of the sequence model."""

import numpy as np

from transcripts.mapping.arrays import BoolArray, FloatArray, IntArray, logsumexp
from transcripts.mapping.feature_weights import FeatureWeights
from transcripts.mapping.features import Features
from transcripts.mapping.marker_states import assign_slots
from transcripts.mapping.sequence import IMPOSSIBLE, Scores

USUAL_SEGMENT_SECONDS = 6.0  # counts once; a longer segment is more evidence
MIN_DOUBT = 1e-6  # no probability is closer to 0 or 1
MAX_SEGMENT_SECONDS = 15.0  # longer segments add nothing more
STEP_NAMES = (
    "+1",
    "+2",
    "+3",
    "0",
    "-1",
    "-2",
    "first+",
)  # steps from the question reached; +3 and -2: and beyond


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
    """How much each segment's content counts. Shape (n,) -> (n,)."""
    counted: FloatArray = np.minimum(seconds, MAX_SEGMENT_SECONDS) / USUAL_SEGMENT_SECONDS
    return counted


def _sum_weighted_features(
    part: str, features: dict[str, FloatArray], weights: FeatureWeights, shape: tuple[int, ...]
) -> FloatArray:
    total = np.zeros(shape)
    for name, values in features.items():
        total = total + weights.get(f"{part}.{name}", 0.0) * values
    return total


def classify_steps(q: int) -> IntArray:
    """Index in STEP_NAMES of the step from the question reached (row 0: none) to each question. Shape (q + 1, q)."""
    ahead = np.arange(q)[None, :] - (np.arange(q + 1)[:, None] - 1)
    step = np.select([ahead == 1, ahead == 2, ahead > 2, ahead == 0, ahead == -1], [0, 1, 2, 3, 4], 5)
    step[0] = np.where(ahead[0] == 1, 0, 6)
    return step.astype(np.int64)


def _score_in_order(q: int, weights: FeatureWeights) -> FloatArray:
    logits = np.array([weights[f"prog.{step}"] for step in STEP_NAMES])[classify_steps(q)]
    log_probabilities: FloatArray = logits - logsumexp(logits, axis=1)[:, None]
    return log_probabilities


def _score_out_of_turn(q: int, weights: FeatureWeights) -> FloatArray:
    logits = np.where(is_behind(q), weights["dig.back"], weights["dig.ahead"]) - np.log(q)
    is_reached = np.arange(q)[None, :] == np.arange(q + 1)[:, None] - 1
    return np.where(is_reached, IMPOSSIBLE, logits)


def is_behind(q: int) -> BoolArray:
    """Which questions come before the one reached. Shape (q + 1, q)."""
    behind: BoolArray = np.arange(q)[None, :] < np.arange(q + 1)[:, None]
    return behind


def calibrate_probabilities(probabilities: FloatArray, weights: FeatureWeights) -> FloatArray:
    """Temperature scaling (Guo et al. 2017) of the winning label's probability. Shape (n,) -> (n,).

    Segments are less independent than the random field assumes, so uncalibrated probabilities are too high.
    """
    clipped = np.clip(probabilities, MIN_DOUBT, 1.0 - MIN_DOUBT)
    odds = np.log(clipped / (1.0 - clipped)) / weights.get("temperature", 1.0)
    sure: FloatArray = 1.0 / (1.0 + np.exp(-odds))
    return sure
