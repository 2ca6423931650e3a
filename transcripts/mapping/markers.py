"""What the interviewer's markers tell. A marker may be late, early, wrong or missing."""

from collections.abc import Sequence

import numpy as np

from transcripts.mapping.arrays import FloatArray
from transcripts.mapping.features import Features, Reading
from transcripts.mapping.values import Marker
from transcripts.mapping.waiting import WaitingMarker

TAP_SECONDS = 5.0  # a tap is as likely anywhere so near to the asking
FADING_SECONDS = 1.5  # and less and less likely further away
REACH_SECONDS = 9.0  # a marker further away says nothing about a segment


def add_markers(features: Features, reading: Reading, markers: Sequence[Marker]) -> None:
    if not markers:
        return
    keys = [question.key for question in reading.questions]
    for marker in markers:
        features.waiting.extend(
            _waiting(reading.conversation.starts, marker.at_seconds, keys.index(marker.question_key))
        )
    marked = {marker.question_key for marker in markers}
    never = np.array([float(key not in marked) for key in keys])
    features.asked["never marked"] = np.repeat(never[None, :], len(reading.texts), axis=0)


def _waiting(starts: FloatArray, at_seconds: float, question: int) -> list[WaitingMarker]:
    """None where no segment begins near the marker."""
    near = np.flatnonzero(np.abs(starts - at_seconds) <= REACH_SECONDS)
    if not len(near):
        return []
    distance = np.abs(starts[near[0] : near[-1] + 1] - at_seconds)
    fit = -0.5 * (np.maximum(distance - TAP_SECONDS, 0.0) / FADING_SECONDS) ** 2
    return [WaitingMarker(question, int(near[0]), fit)]
