"""Features from the interviewer's markers, which may be late, early, wrong or missing."""

from collections.abc import Sequence

import numpy as np

from transcripts.mapping.arrays import FloatArray
from transcripts.mapping.features import EmbeddedInterview, Features
from transcripts.mapping.marker_states import PendingMarker
from transcripts.mapping.values import TimedMarker

TAP_SECONDS = 5.0  # a tap is equally likely anywhere this close to the question
FADING_SECONDS = 1.5  # and less likely further away
REACH_SECONDS = 9.0  # a marker further away says nothing about a segment


def add_marker_features(features: Features, interview: EmbeddedInterview, markers: Sequence[TimedMarker]) -> None:
    if not markers:
        return
    keys = [question.key for question in interview.questions]
    for marker in markers:
        features.pending_markers.extend(
            _build_pending_markers(interview.conversation.starts, marker.at_seconds, keys.index(marker.question_key))
        )
    marked = {marker.question_key for marker in markers}
    never = np.array([float(key not in marked) for key in keys])
    features.about["last marker"] = _mark_latest_question(interview, markers, keys)
    features.asked["never marked"] = np.repeat(never[None, :], len(interview.texts), axis=0)


def _mark_latest_question(
    interview: EmbeddedInterview, markers: Sequence[TimedMarker], keys: Sequence[str]
) -> FloatArray:
    in_order = sorted(markers, key=lambda marker: marker.at_seconds)
    middles = interview.conversation.starts + interview.conversation.seconds / 2
    latest = np.searchsorted([marker.at_seconds for marker in in_order], middles, side="right") - 1
    marked = np.array([keys.index(marker.question_key) for marker in in_order])
    latest_question = np.zeros((len(middles), len(keys)))
    known = np.flatnonzero(latest >= 0)
    latest_question[known, marked[latest[known]]] = 1.0
    return latest_question


def _build_pending_markers(starts: FloatArray, at_seconds: float, question: int) -> list[PendingMarker]:
    near = np.flatnonzero(np.abs(starts - at_seconds) <= REACH_SECONDS)
    if not len(near):
        return []
    distance = np.abs(starts[near[0] : near[-1] + 1] - at_seconds)
    fit = -0.5 * (np.maximum(distance - TAP_SECONDS, 0.0) / FADING_SECONDS) ** 2
    return [PendingMarker(question, int(near[0]), fit)]
