"""What the interviewer's markers tell: features like any other. A marker may be late, early, wrong or missing."""

from collections.abc import Sequence

import numpy as np

from transcripts.mapping.arrays import FloatArray
from transcripts.mapping.features import Features, Reading
from transcripts.mapping.values import Marker

SLACK_SECONDS = 3.0  # how far a tap usually lies from the asking
REACH_SECONDS = 10.0  # a marker further away says nothing about a segment


def add_markers(features: Features, reading: Reading, markers: Sequence[Marker]) -> None:
    if not markers:
        return
    keys = [question.key for question in reading.questions]
    times = np.array([marker.at_seconds for marker in markers])
    marked = np.array([keys.index(marker.question_key) for marker in markers])
    close = _closeness(reading.conversation.starts, times)
    near = np.zeros((len(reading.texts), len(keys)))
    for column, question in enumerate(marked):
        near[:, question] = np.maximum(near[:, question], close[:, column])
    features.asked["marker"] = near
    unmarked = 1.0 - close.max(axis=1)
    features.opening["no marker"] = unmarked
    features.resuming["no marker"] = unmarked
    features.leaving["no marker"] = unmarked
    never = np.array([float(number not in marked) for number in range(len(keys))])
    features.asked["never marked"] = never[None, :] * unmarked[:, None]
    features.about["last marker"] = _latest(reading, times, marked, len(keys))


def _closeness(starts: FloatArray, times: FloatArray) -> FloatArray:
    """Shape (segments, markers): 1 for a marker at the segment's start, falling to 0 at a distance."""
    distance = np.abs(starts[:, None] - times[None, :])
    return np.where(distance <= REACH_SECONDS, np.exp(-0.5 * (distance / SLACK_SECONDS) ** 2), 0.0)


def _latest(reading: Reading, times: FloatArray, marked: FloatArray, q: int) -> FloatArray:
    """1 for the question of the latest marker at each segment's middle. Shape (n, q)."""
    middles = reading.conversation.starts + reading.conversation.seconds / 2
    latest = np.searchsorted(times, middles, side="right") - 1
    said = np.zeros((len(middles), q))
    known = latest >= 0
    said[np.flatnonzero(known), marked[latest[known]]] = 1.0
    return said
