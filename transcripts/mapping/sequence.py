"""Label a whole interview at once: a conditional random field over segments, summed exactly (Lafferty et al. 2001).

Its hidden state is the label of the segment and how far the schedule has been worked through (“reached”), so that
nothing forgets its place: after small talk the same question goes on, and after a digression the next one follows.
Two courses are summed: one that follows the schedule's order and one that takes questions in any order; how well
each explains the interview decides which counts. Beside both stands which markers still wait to be used (waiting.py).
No text here: only scores.
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
    """Log-potentials of n segments, q questions and c courses. Label q stands for speech outside the schedule."""

    labels: FloatArray  # (n, q + 1): how well the segment fits each label
    opening: FloatArray  # (n, q): taking up a question at this segment
    returning: FloatArray  # (n, q): the same for one that lies behind, on top of opening
    resuming: FloatArray  # (n,): going on with the question that was left, after speech outside
    leaving: FloatArray  # (n,): leaving the schedule at this segment
    progress: FloatArray  # (c, q + 1, q): working through: from the question reached (row 0: none yet) to the next
    digression: FloatArray  # (c, q + 1, q): taking a question out of turn, keeping one's place
    order_scores: FloatArray  # (c,): how usual each course is
    after_outside: float  # taking up a question after speech outside the schedule rather than after another question
    slots: MarkerSlots  # the markers that wait at each segment
    marker_scores: FloatArray  # (n, slots): taking up or resuming a question, and using its marker
    no_marker_score: float  # doing so without one


def compute_label_posteriors(scores: Scores) -> FloatArray:
    """Probability of each label for each segment, shape (n, q + 1); rows sum to 1."""
    joint = _run_forward(scores) + _run_backward(scores)  # (n, waiting, c, reached, label)
    by_label = logsumexp(np.moveaxis(joint, -1, 1).reshape(len(joint), joint.shape[-1], -1), axis=2)
    posteriors: FloatArray = np.exp(by_label - logsumexp(by_label, axis=1)[:, None])
    return posteriors


def _run_forward(scores: Scores) -> FloatArray:
    """Log-sum of all ways to each state, its own segment included. Shape (n, waiting, c, q + 1, q + 1)."""
    n, q = scores.opening.shape
    before = np.full((count_states(scores.marker_scores.shape[1]), len(scores.order_scores), q + 1, q + 1), IMPOSSIBLE)
    before[0, :, 0, q] = scores.order_scores  # every interview starts outside the schedule, with no question reached
    ways = np.empty((n, *before.shape))
    for i in range(n):
        before = _forward_step(scores, apply_slot_changes(scores.slots, before, i, IMPOSSIBLE), i) + scores.labels[i]
        ways[i] = before
    return ways


def _forward_step(scores: Scores, before: FloatArray, i: int) -> FloatArray:
    """One step: `before` has shape (waiting, c, reached, label) and so has what is returned."""
    q = scores.opening.shape[1]
    outside = before[..., q]
    inside = logsumexp(before[..., :q], axis=-1)
    leavers = np.logaddexp(inside, outside + scores.after_outside)[..., None]
    entered = leavers + scores.digression + scores.opening[i] + _score_going_back(scores, i)
    worked = logsumexp(leavers + scores.progress, axis=-2) + scores.opening[i]
    resumed = outside[..., 1:] + scores.resuming[i]
    reached = np.arange(q)
    at_place = entered[..., reached + 1, reached]
    entered[..., reached + 1, reached] = np.logaddexp(np.logaddexp(at_place, worked), resumed)
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
    """Log-sum of all ways from each state to the end, its own segment left out. Shape (n, waiting, c, q + 1, q + 1)."""
    n, q = scores.opening.shape
    ways = np.zeros((n, count_states(scores.marker_scores.shape[1]), len(scores.order_scores), q + 1, q + 1))
    for i in range(n - 1, 0, -1):
        homeward = _backward_step(scores, ways[i] + scores.labels[i], i)
        ways[i - 1] = reverse_slot_changes(scores.slots, homeward, i, IMPOSSIBLE)
    return ways


def _backward_step(scores: Scores, after: FloatArray, i: int) -> FloatArray:
    """The mirror image of `_onward`."""
    q = scores.opening.shape[1]
    entered = after[..., :q] + scores.no_marker_score
    for one in iter_marker_uses(scores.slots, i):
        used = after[one.states_after, ..., one.question_index] + scores.marker_scores[i, one.slot]
        entered[one.states_before, ..., one.question_index] = np.logaddexp(
            entered[one.states_before, ..., one.question_index], used
        )
    reached = np.arange(q)
    place = entered[..., reached + 1, reached]
    worked = scores.progress + (scores.opening[i] + place)[..., None, :]
    taken_up = scores.digression + scores.opening[i] + _score_going_back(scores, i) + entered
    to_question = logsumexp(np.logaddexp(worked, taken_up), axis=-1)
    before = after.copy()
    left = after[..., q] + scores.leaving[i]
    before[..., :q] = np.logaddexp(after[..., :q], np.logaddexp(to_question, left)[..., None])
    outside = np.logaddexp(after[..., q], to_question + scores.after_outside)
    outside[..., 1:] = np.logaddexp(outside[..., 1:], place + scores.resuming[i])
    before[..., q] = outside
    return before


def _score_going_back(scores: Scores, i: int) -> FloatArray:
    """What speaks for going back at segment i, for the questions that lie behind. Shape (q + 1, q)."""
    q = scores.opening.shape[1]
    lies_behind = np.arange(q)[None, :] < np.arange(q + 1)[:, None]
    return np.where(lies_behind, scores.returning[i][None, :], 0.0)
