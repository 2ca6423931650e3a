"""Label a whole interview at once: a conditional random field over segments, summed exactly (Lafferty et al. 2001).

Its hidden state is the label of the segment and how far the schedule has been worked through (“reached”), so that
nothing forgets its place: after small talk the same question goes on, and after a digression the next one follows.
Two courses are summed: one that follows the schedule's order and one that takes questions in any order; how well
each explains the interview decides which counts. Beside both stands which markers still wait to be used (waiting.py).
No text here: only scores.
"""

from dataclasses import dataclass

import numpy as np

from transcripts.mapping.arrays import FloatArray, log_sum
from transcripts.mapping.waiting import Slots, settled, states, takings, unsettled

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
    courses: FloatArray  # (c,): how usual each course is
    after_outside: float  # taking up a question after speech outside the schedule rather than after another question
    slots: Slots  # the markers that wait at each segment
    taken: FloatArray  # (n, slots): taking up or resuming a question, and using its marker
    unmarked: float  # doing so without one


def label_posteriors(scores: Scores) -> FloatArray:
    """Probability of each label for each segment, shape (n, q + 1); rows sum to 1."""
    joint = _forward(scores) + _backward(scores)  # (n, waiting, c, reached, label)
    by_label = log_sum(np.moveaxis(joint, -1, 1).reshape(len(joint), joint.shape[-1], -1), axis=2)
    posteriors: FloatArray = np.exp(by_label - log_sum(by_label, axis=1)[:, None])
    return posteriors


def _forward(scores: Scores) -> FloatArray:
    """Log-sum of all ways to each state, its own segment included. Shape (n, waiting, c, q + 1, q + 1)."""
    n, q = scores.opening.shape
    before = np.full((states(scores.taken.shape[1]), len(scores.courses), q + 1, q + 1), IMPOSSIBLE)
    before[0, :, 0, q] = scores.courses  # every interview starts outside the schedule, with no question reached
    ways = np.empty((n, *before.shape))
    for i in range(n):
        before = _onward(scores, settled(scores.slots, before, i, IMPOSSIBLE), i) + scores.labels[i]
        ways[i] = before
    return ways


def _onward(scores: Scores, before: FloatArray, i: int) -> FloatArray:
    """One step: `before` has shape (waiting, c, reached, label) and so has what is returned."""
    q = scores.opening.shape[1]
    outside = before[..., q]
    inside = log_sum(before[..., :q], axis=-1)
    leavers = np.logaddexp(inside, outside + scores.after_outside)[..., None]
    entered = leavers + scores.digression + scores.opening[i] + _behind(scores, i)
    worked = log_sum(leavers + scores.progress, axis=-2) + scores.opening[i]
    resumed = outside[..., 1:] + scores.resuming[i]
    reached = np.arange(q)
    at_place = entered[..., reached + 1, reached]
    entered[..., reached + 1, reached] = np.logaddexp(np.logaddexp(at_place, worked), resumed)
    after = before.copy()
    after[..., q] = np.logaddexp(outside, inside + scores.leaving[i])
    after[..., :q] = np.logaddexp(after[..., :q], entered + scores.unmarked)
    for one in takings(scores.slots, i):
        used = entered[one.waiting, ..., one.question] + scores.taken[i, one.slot]
        after[one.used, ..., one.question] = np.logaddexp(after[one.used, ..., one.question], used)
    return after


def _backward(scores: Scores) -> FloatArray:
    """Log-sum of all ways from each state to the end, its own segment left out. Shape (n, waiting, c, q + 1, q + 1)."""
    n, q = scores.opening.shape
    ways = np.zeros((n, states(scores.taken.shape[1]), len(scores.courses), q + 1, q + 1))
    for i in range(n - 1, 0, -1):
        homeward = _homeward(scores, ways[i] + scores.labels[i], i)
        ways[i - 1] = unsettled(scores.slots, homeward, i, IMPOSSIBLE)
    return ways


def _homeward(scores: Scores, after: FloatArray, i: int) -> FloatArray:
    """The mirror image of `_onward`."""
    q = scores.opening.shape[1]
    entered = after[..., :q] + scores.unmarked
    for one in takings(scores.slots, i):
        used = after[one.used, ..., one.question] + scores.taken[i, one.slot]
        entered[one.waiting, ..., one.question] = np.logaddexp(entered[one.waiting, ..., one.question], used)
    reached = np.arange(q)
    place = entered[..., reached + 1, reached]
    worked = scores.progress + (scores.opening[i] + place)[..., None, :]
    taken_up = scores.digression + scores.opening[i] + _behind(scores, i) + entered
    to_question = log_sum(np.logaddexp(worked, taken_up), axis=-1)
    before = after.copy()
    left = after[..., q] + scores.leaving[i]
    before[..., :q] = np.logaddexp(after[..., :q], np.logaddexp(to_question, left)[..., None])
    outside = np.logaddexp(after[..., q], to_question + scores.after_outside)
    outside[..., 1:] = np.logaddexp(outside[..., 1:], place + scores.resuming[i])
    before[..., q] = outside
    return before


def _behind(scores: Scores, i: int) -> FloatArray:
    """What speaks for going back at segment i, for the questions that lie behind. Shape (q + 1, q)."""
    q = scores.opening.shape[1]
    lies_behind = np.arange(q)[None, :] < np.arange(q + 1)[:, None]
    return np.where(lies_behind, scores.returning[i][None, :], 0.0)
