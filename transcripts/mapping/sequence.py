"""Label a whole interview at once: a conditional random field over segments, summed exactly (Lafferty et al. 2001).

Its hidden state is the label of the segment and the question of the schedule that was reached (“reached”): after small
talk the same question continues, and after a digression the next one follows. Two courses are summed: one that follows
the schedule's order and one that takes questions in any order; how well each explains the interview decides which
counts. The state also has the pending markers (marker_states.py).
"""

from dataclasses import dataclass

import numpy as np

from transcripts.mapping.arrays import FloatArray, logsumexp
from transcripts.mapping.marker_states import (
    MarkerSlots,
    apply_slot_changes,
    count_states,
    iter_marker_uses,
    reverse_slot_changes,
)

IMPOSSIBLE = -1e9


@dataclass(frozen=True, slots=True)
class Scores:
    """Log-potentials of n segments, q questions and c courses. Label q is speech outside the schedule."""

    labels: FloatArray  # (n, q + 1): how well the segment fits each label
    opening: FloatArray  # (n, q): starting a question at this segment
    returning: FloatArray  # (n, q): the same for an earlier question, in addition to opening
    resuming: FloatArray  # (n,): continuing the question that was left, after speech outside
    leaving: FloatArray  # (n,): leaving the schedule at this segment
    progress: FloatArray  # (c, q + 1, q): in order: from the question reached (row 0: none yet) to the next
    digression: FloatArray  # (c, q + 1, q): a question out of order; the question reached stays
    order_scores: FloatArray  # (c,): prior of each course
    after_outside: float  # starting a question after speech outside rather than after another question
    slots: MarkerSlots  # the pending markers at each segment
    marker_scores: FloatArray  # (n, slots): starting or resuming a question, and using its marker
    no_marker_score: float  # doing so without one


def compute_label_posteriors(scores: Scores) -> FloatArray:
    """Shape (n, q + 1); rows sum to 1."""
    joint = _run_forward(scores) + _run_backward(scores)  # (n, waiting, c, reached, label)
    by_label = logsumexp(np.moveaxis(joint, -1, 1).reshape(len(joint), joint.shape[-1], -1), axis=2)
    posteriors: FloatArray = np.exp(by_label - logsumexp(by_label, axis=1)[:, None])
    return posteriors


def _run_forward(scores: Scores) -> FloatArray:
    """Log-sum of all paths to each state, its own segment included. Shape (n, waiting, c, q + 1, q + 1)."""
    n, q = scores.opening.shape
    before = np.full((count_states(scores.marker_scores.shape[1]), len(scores.order_scores), q + 1, q + 1), IMPOSSIBLE)
    before[0, :, 0, q] = scores.order_scores  # every interview starts outside the schedule, with no question reached
    log_sums = np.empty((n, *before.shape))
    for i in range(n):
        before = _forward_step(scores, apply_slot_changes(scores.slots, before, i, IMPOSSIBLE), i) + scores.labels[i]
        log_sums[i] = before
    return log_sums


def _forward_step(scores: Scores, before: FloatArray, i: int) -> FloatArray:
    q = scores.opening.shape[1]
    outside = before[..., q]
    inside = logsumexp(before[..., :q], axis=-1)
    leavers = np.logaddexp(inside, outside + scores.after_outside)[..., None]
    entered = leavers + scores.digression + scores.opening[i] + _score_going_back(scores, i)
    in_order = logsumexp(leavers + scores.progress, axis=-2) + scores.opening[i]
    resumed = outside[..., 1:] + scores.resuming[i]
    reached = np.arange(q)
    at_reached = entered[..., reached + 1, reached]
    entered[..., reached + 1, reached] = np.logaddexp(np.logaddexp(at_reached, in_order), resumed)
    after = before.copy()
    after[..., q] = np.logaddexp(outside, inside + scores.leaving[i])
    after[..., :q] = np.logaddexp(after[..., :q], entered + scores.no_marker_score)
    for one in iter_marker_uses(scores.slots, i):
        used = entered[one.states_before, ..., one.question_index] + scores.marker_scores[i, one.slot]
        after[one.states_after, ..., one.question_index] = np.logaddexp(
            after[one.states_after, ..., one.question_index], used
        )
    return after


def _run_backward(scores: Scores) -> FloatArray:
    """Log-sum of all paths from each state to the end, without its own segment. Shape (n, waiting, c, q + 1, q + 1)."""
    n, q = scores.opening.shape
    log_sums = np.zeros((n, count_states(scores.marker_scores.shape[1]), len(scores.order_scores), q + 1, q + 1))
    for i in range(n - 1, 0, -1):
        before = _backward_step(scores, log_sums[i] + scores.labels[i], i)
        log_sums[i - 1] = reverse_slot_changes(scores.slots, before, i, IMPOSSIBLE)
    return log_sums


def _backward_step(scores: Scores, after: FloatArray, i: int) -> FloatArray:
    q = scores.opening.shape[1]
    entered = after[..., :q] + scores.no_marker_score
    for one in iter_marker_uses(scores.slots, i):
        used = after[one.states_after, ..., one.question_index] + scores.marker_scores[i, one.slot]
        entered[one.states_before, ..., one.question_index] = np.logaddexp(
            entered[one.states_before, ..., one.question_index], used
        )
    reached = np.arange(q)
    at_reached = entered[..., reached + 1, reached]
    in_order = scores.progress + (scores.opening[i] + at_reached)[..., None, :]
    out_of_order = scores.digression + scores.opening[i] + _score_going_back(scores, i) + entered
    to_question = logsumexp(np.logaddexp(in_order, out_of_order), axis=-1)
    before = after.copy()
    left = after[..., q] + scores.leaving[i]
    before[..., :q] = np.logaddexp(after[..., :q], np.logaddexp(to_question, left)[..., None])
    outside = np.logaddexp(after[..., q], to_question + scores.after_outside)
    outside[..., 1:] = np.logaddexp(outside[..., 1:], at_reached + scores.resuming[i])
    before[..., q] = outside
    return before


def _score_going_back(scores: Scores, i: int) -> FloatArray:
    q = scores.opening.shape[1]
    is_behind = np.arange(q)[None, :] < np.arange(q + 1)[:, None]
    return np.where(is_behind, scores.returning[i][None, :], 0.0)
