"""The random field against a count of every labelling by hand, which is slow and obviously right."""

import itertools

import numpy as np
import pytest

from transcripts.mapping.arrays import FloatArray, double_centred, fit_ridge, log_sum
from transcripts.mapping.sequence import Scores, label_posteriors

SEGMENTS, QUESTIONS, COURSES = 4, 2, 2


def some_scores(seed: int) -> Scores:
    draw = np.random.default_rng(seed)
    return Scores(
        labels=draw.normal(size=(SEGMENTS, QUESTIONS + 1)),
        opening=draw.normal(size=(SEGMENTS, QUESTIONS)),
        returning=draw.normal(size=(SEGMENTS, QUESTIONS)),
        resuming=draw.normal(size=SEGMENTS),
        leaving=draw.normal(size=SEGMENTS),
        progress=draw.normal(size=(COURSES, QUESTIONS + 1, QUESTIONS)),
        digression=draw.normal(size=(COURSES, QUESTIONS + 1, QUESTIONS)),
        courses=draw.normal(size=COURSES),
        after_outside=float(draw.normal()),
    )


State = tuple[int, int]  # question reached (0: none), label (QUESTIONS: outside)


def ways_between(s: Scores, course: int, i: int, before: State, after: State) -> list[float]:
    """The log-weight of each single way from one state to the next, straight from the definitions."""
    reached, label = before
    found = [0.0] if before == after else []
    was_outside = label == QUESTIONS
    if after[1] == QUESTIONS:
        return [*found, s.leaving[i]] if not was_outside and after[0] == reached else found
    taken = s.opening[i, after[1]] + (s.after_outside if was_outside else 0.0)
    if after[0] == reached:
        behind = s.returning[i, after[1]] if after[1] < reached else 0.0
        found += [taken + s.digression[course, reached, after[1]] + behind]
    if after[0] == after[1] + 1:
        found.append(taken + s.progress[course, reached, after[1]])
        if was_outside and after[0] == reached:
            found.append(s.resuming[i])
    return found


def counted_posteriors(s: Scores) -> FloatArray:
    states = list(itertools.product(range(QUESTIONS + 1), range(QUESTIONS + 1)))
    totals = np.zeros((SEGMENTS, QUESTIONS + 1))
    for course in range(COURSES):
        for path in itertools.product(states, repeat=SEGMENTS):
            weight = np.exp(s.courses[course])
            before: State = (0, QUESTIONS)
            for i, state in enumerate(path):
                weight *= sum(np.exp(way) for way in ways_between(s, course, i, before, state))
                weight *= np.exp(s.labels[i, state[1]])
                before = state
            for i, state in enumerate(path):
                totals[i, state[1]] += weight
    shares: FloatArray = totals / totals.sum(axis=1, keepdims=True)
    return shares


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_posteriors_equal_a_count_of_every_labelling(seed: int) -> None:
    scores = some_scores(seed)

    found = label_posteriors(scores)

    np.testing.assert_allclose(found, counted_posteriors(scores), atol=1e-9)


def test_a_log_sum_does_not_overflow() -> None:
    values = np.array([[1000.0, 1000.0], [-1000.0, -1000.0]])

    summed = log_sum(values, axis=1)

    np.testing.assert_allclose(summed, np.array([1000.0, -1000.0]) + np.log(2))


def test_double_centring_leaves_no_row_or_column_effect() -> None:
    scores = np.random.default_rng(4).normal(size=(5, 3)) + 7.0

    centred = double_centred(scores)

    np.testing.assert_allclose(centred.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(centred.mean(axis=1), 0.0, atol=1e-12)


def test_a_ridge_without_penalty_is_least_squares() -> None:
    draw = np.random.default_rng(5)
    examples, targets = draw.normal(size=(20, 3)), draw.normal(size=(20, 2))

    learned = fit_ridge(examples, targets, np.ones(20), ridge=0.0)

    np.testing.assert_allclose(learned, np.linalg.lstsq(examples, targets, rcond=None)[0])
