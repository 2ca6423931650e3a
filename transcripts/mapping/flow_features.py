"""Features of how the interview flows: turns, pauses, questions, position. Meaning is in wording_features.py."""

from collections.abc import Callable, Sequence

import numpy as np

from transcripts.mapping import turn_cues
from transcripts.mapping.arrays import FloatArray
from transcripts.mapping.features import EmbeddedInterview, Features

GREETING_SECONDS = 30.0  # greetings and closing take about this long
PARTING_SECONDS = 90.0  # thanks near the end are thanks for the whole interview
USUAL_SEGMENTS_PER_QUESTION = 8.0  # for each question of the schedule
USUAL_SECONDS_PER_QUESTION = 60.0
MAX_SLOWNESS = 3.0  # times the usual; nothing slower or faster was in the training data
MAX_PAUSE_SECONDS = 5.0  # a longer pause says no more
LONG_QUESTION_WORDS = 40  # longer questions count the same
SHORT_SEGMENT_WORDS = 4.0


def add_flow_features(features: Features, interview: EmbeddedInterview) -> None:
    _add_opening_features(features, interview)
    talk = interview.conversation
    pause = np.minimum(talk.gaps, MAX_PAUSE_SECONDS) / MAX_PAUSE_SECONDS
    always = np.ones(len(interview.texts))
    features.opening["pause"] = pause
    features.leaving.update({"always": always, "turn start": talk.turn_starts.astype(np.float64), "pause": pause})
    features.resuming["always"] = always
    features.returning.update({"always": always, "goes back": _detect_cue(turn_cues.is_going_back, interview.texts)})
    end = float(talk.starts[-1] + talk.seconds[-1])
    features.outside["always"] = always
    features.outside["start"] = np.exp(-talk.starts / GREETING_SECONDS)
    features.outside["end"] = np.exp(-np.maximum(end - talk.starts - talk.seconds, 0.0) / GREETING_SECONDS)
    thanks = _detect_cue(turn_cues.is_thanking, interview.texts) * np.exp(-(end - talk.starts) / PARTING_SECONDS)
    interrupts = _detect_cue(turn_cues.is_interrupting, interview.texts)
    for part in (features.outside, features.leaving):
        part.update({"thanks at the end": thanks, "interrupts": interrupts})
    features.outside["short"] = np.exp(-_count_words(interview.texts) / SHORT_SEGMENT_WORDS)


def _add_opening_features(features: Features, interview: EmbeddedInterview) -> None:
    talk = interview.conversation
    asker, always = talk.interviewer_likelihood, np.ones(len(interview.texts))
    by_segments = len(interview.texts) / features.question_count / USUAL_SEGMENTS_PER_QUESTION
    by_seconds = float(talk.seconds.sum()) / features.question_count / USUAL_SECONDS_PER_QUESTION
    features.opening.update({
        "always": always,
        "interviewer": asker,
        "turn start": talk.turn_starts.astype(np.float64) * asker,
        "asks": _detect_cue(turn_cues.is_question, interview.asked_texts) * asker,
        "asks here": talk.is_question.astype(np.float64) * asker,
        "asks, speaker unknown": talk.is_question.astype(np.float64) * float(not talk.has_known_speakers),
        "invites": _detect_cue(turn_cues.is_inviting, interview.asked_texts) * asker,
        "moves on": _detect_cue(turn_cues.is_moving_on, interview.texts) * asker,
        "goes back": _detect_cue(turn_cues.is_going_back, interview.texts),
        "segments for each question": always * _compute_log_slowness(by_segments),
        "seconds for each question": always * _compute_log_slowness(by_seconds),
        "length": np.minimum(_count_words(interview.asked_texts), LONG_QUESTION_WORDS) / LONG_QUESTION_WORDS * asker,
    })  # fmt: skip


def _compute_log_slowness(ratio: float) -> float:
    return float(np.log(np.clip(ratio, 1.0 / MAX_SLOWNESS, MAX_SLOWNESS)))


def _detect_cue(is_cue: Callable[[str], bool], texts: Sequence[str]) -> FloatArray:
    return np.array([float(is_cue(text)) for text in texts])


def _count_words(texts: Sequence[str]) -> FloatArray:
    return np.array([float(len(text.split())) for text in texts])
