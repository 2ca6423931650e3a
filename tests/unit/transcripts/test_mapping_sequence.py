"""The random field agrees with a brute-force sum over every labelling, which is slow and obviously right."""

import itertools

import numpy as np
import pytest

from transcripts.mapping.arrays import FloatArray, double_centre, fit_ridge, logsumexp
from transcripts.mapping.marker_states import MAX_SLOTS, NO_MARKER, PendingMarker, assign_slots
from transcripts.mapping.sequence import Scores, compute_label_posteriors

SEGMENTS, QUESTIONS, COURSES = 4, 2, 2
TAKEN = 1.5
MARKED = (
    (),
    (PendingMarker(1, 1, np.array([-0.3, 0.0])),),
    (PendingMarker(0, 0, np.array([0.0, -0.2])), PendingMarker(0, 1, np.array([-0.4, 0.0, -0.1]))),
    (PendingMarker(1, 0, np.array([0.0])), PendingMarker(0, 1, np.array([0.0])), PendingMarker(1, 2, np.zeros(2))),
)


def some_scores(seed: int, markers: tuple[PendingMarker, ...] = ()) -> Scores:
    draw = np.random.default_rng(seed)
    slots = assign_slots(markers, SEGMENTS)
    return Scores(
        labels=draw.normal(size=(SEGMENTS, QUESTIONS + 1)),
        opening=draw.normal(size=(SEGMENTS, QUESTIONS)),
        returning=draw.normal(size=(SEGMENTS, QUESTIONS)),
        resuming=draw.normal(size=SEGMENTS),
        leaving=draw.normal(size=SEGMENTS),
        progress=draw.normal(size=(COURSES, QUESTIONS + 1, QUESTIONS)),
        digression=draw.normal(size=(COURSES, QUESTIONS + 1, QUESTIONS)),
        order_scores=draw.normal(size=COURSES),
        after_outside=float(draw.normal()),
        slots=slots,
        marker_scores=slots.log_fit + TAKEN,
        no_marker_score=-0.7 if markers else 0.0,
    )


State = tuple[int, int]  # question reached (0: none), label (QUESTIONS: outside)


def list_entry_weights(s: Scores, course: int, i: int, before: State, after: State) -> list[float]:
    """The log-weight of each single way to take up or resume a question, straight from the definitions."""
    (reached, label), question = before, after[1]
    was_outside, found = label == QUESTIONS, []
    taken = s.opening[i, question] + (s.after_outside if was_outside else 0.0)
    if after[0] == reached:
        behind = s.returning[i, question] if question < reached else 0.0
        found.append(taken + s.digression[course, reached, question] + behind)
    if after[0] == question + 1:
        found.append(taken + s.progress[course, reached, question])
        if was_outside and after[0] == reached:
            found.append(s.resuming[i])
    return found


def weight_of(s: Scores, markers: tuple[PendingMarker, ...], course: int, path: tuple[State, ...]) -> float:
    """Of one labelling: all ways through it, each marker used where it can be or left."""

    def forward(i: int, before: State, used: frozenset[int]) -> float:
        if i == SEGMENTS:
            return 1.0
        after, fits = path[i], float(np.exp(s.labels[i, path[i][1]]))
        total = forward(i + 1, after, used) if before == after else 0.0
        if after[1] == QUESTIONS:
            if before[1] != QUESTIONS and after[0] == before[0]:
                total += np.exp(s.leaving[i]) * forward(i + 1, after, used)
            return total * fits
        entering = sum(float(np.exp(way)) for way in list_entry_weights(s, course, i, before, after))
        if entering:
            total += entering * np.exp(s.no_marker_score) * forward(i + 1, after, used)
        for number, marker in enumerate(markers):
            if (
                entering
                and number not in used
                and marker.question_index == after[1]
                and marker.first_segment <= i < marker.end_segment
            ):
                gain = np.exp(TAKEN + marker.log_fit[i - marker.first_segment])
                total += entering * gain * forward(i + 1, after, used | {number})
        return total * fits

    return float(np.exp(s.order_scores[course])) * forward(0, (0, QUESTIONS), frozenset())


def count_posteriors(s: Scores, markers: tuple[PendingMarker, ...]) -> FloatArray:
    states = list(itertools.product(range(QUESTIONS + 1), range(QUESTIONS + 1)))
    totals = np.zeros((SEGMENTS, QUESTIONS + 1))
    for course in range(COURSES):
        for path in itertools.product(states, repeat=SEGMENTS):
            weight = weight_of(s, markers, course, path)
            for i, state in enumerate(path):
                totals[i, state[1]] += weight
    shares: FloatArray = totals / totals.sum(axis=1, keepdims=True)
    return shares


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("markers", MARKED)
def test_posteriors_equal_a_count_of_every_labelling(markers: tuple[PendingMarker, ...], seed: int) -> None:
    scores = some_scores(seed, markers)

    found = compute_label_posteriors(scores)

    np.testing.assert_allclose(found, count_posteriors(scores, markers), atol=1e-9)


def test_the_oldest_of_three_markers_is_given_up() -> None:
    first, second, third = (PendingMarker(question, question, np.zeros(9)) for question in range(MAX_SLOTS + 1))

    slots = assign_slots([first, second, third], 12)

    assert slots.question_index[1].tolist() == [0, 1]
    assert slots.question_index[2].tolist() == [2, 1]
    assert slots.is_ending[2].tolist() == [True, False]
    assert slots.question_index[11].tolist() == [NO_MARKER, NO_MARKER]


def test_a_log_sum_does_not_overflow() -> None:
    values = np.array([[1000.0, 1000.0], [-1000.0, -1000.0]])

    summed = logsumexp(values, axis=1)

    np.testing.assert_allclose(summed, np.array([1000.0, -1000.0]) + np.log(2))


def test_double_centring_leaves_no_row_or_column_effect() -> None:
    scores = np.random.default_rng(4).normal(size=(5, 3)) + 7.0

    centred = double_centre(scores)

    np.testing.assert_allclose(centred.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(centred.mean(axis=1), 0.0, atol=1e-12)


def test_a_ridge_without_penalty_is_least_squares() -> None:
    draw = np.random.default_rng(5)
    examples, targets = draw.normal(size=(20, 3)), draw.normal(size=(20, 2))

    learned = fit_ridge(examples, targets, np.ones(20), ridge=0.0)

    np.testing.assert_allclose(learned, np.linalg.lstsq(examples, targets, rcond=None)[0])
