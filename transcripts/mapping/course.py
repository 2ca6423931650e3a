"""Features of how the talk runs: turns, pauses, askings, where in the interview. Reads no meaning (wording.py does)."""

from collections.abc import Callable, Sequence

import numpy as np

from transcripts.mapping import cues
from transcripts.mapping.arrays import FloatArray
from transcripts.mapping.features import Features, Reading

GREETING_SECONDS = 30.0  # greetings and closing take about this long
PARTING_SECONDS = 90.0  # thanks in this last stretch are thanks for the whole talk
USUAL_SEGMENTS = 8.0  # for each question of the schedule
USUAL_SECONDS = 60.0
SLOWEST = 3.0  # times the usual; what is slower or faster still has not been learned from
LONGEST_PAUSE = 5.0  # seconds; a longer pause says no more than this one
MANY_WORDS = 40  # an asking of this many words is as elaborate as they come
FEW_WORDS = 4.0


def add_course(features: Features, reading: Reading) -> None:
    _add_opening(features, reading)
    talk = reading.conversation
    pause = np.minimum(talk.gaps, LONGEST_PAUSE) / LONGEST_PAUSE
    always = np.ones(len(reading.texts))
    features.opening["pause"] = pause
    features.leaving.update({"always": always, "turn start": talk.turn_starts.astype(np.float64), "pause": pause})
    features.resuming["always"] = always
    features.returning.update({"always": always, "goes back": _told_by(cues.is_going_back, reading.texts)})
    end = float(talk.starts[-1] + talk.seconds[-1])
    features.outside["always"] = always
    features.outside["start"] = np.exp(-talk.starts / GREETING_SECONDS)
    features.outside["end"] = np.exp(-np.maximum(end - talk.starts - talk.seconds, 0.0) / GREETING_SECONDS)
    thanks = _told_by(cues.is_thanking, reading.texts) * np.exp(-(end - talk.starts) / PARTING_SECONDS)
    interrupts = _told_by(cues.is_interrupting, reading.texts)
    for part in (features.outside, features.leaving):
        part.update({"thanks at the end": thanks, "interrupts": interrupts})
    features.outside["short"] = np.exp(-_words(reading.texts) / FEW_WORDS)


def _add_opening(features: Features, reading: Reading) -> None:
    talk = reading.conversation
    asker = talk.interviewer
    features.opening.update({
        "always": np.ones(len(reading.texts)),
        "interviewer": asker,
        "turn start": talk.turn_starts.astype(np.float64) * asker,
        "asks": _told_by(cues.is_question, reading.askings) * asker,
        "asks here": talk.asks.astype(np.float64) * asker,
        "asks, speaker unknown": talk.asks.astype(np.float64) * float(not talk.speakers_known),
        "invites": _told_by(cues.is_inviting, reading.askings) * asker,
        "moves on": _told_by(cues.is_moving_on, reading.texts) * asker,
        "goes back": _told_by(cues.is_going_back, reading.texts),
        "segments for each question": _pace(len(reading.texts), features.questions, USUAL_SEGMENTS, reading),
        "seconds for each question": _pace(float(talk.seconds.sum()), features.questions, USUAL_SECONDS, reading),
        "length": np.asarray(np.minimum(_words(reading.askings), MANY_WORDS) / MANY_WORDS * asker, dtype=np.float64),
    })  # fmt: skip


def _pace(amount: float, questions: int, usual: float, reading: Reading) -> FloatArray:
    """How slowly the talk goes through its schedule: what takes long for each question takes up few of them."""
    slowness = np.clip(amount / questions / usual, 1.0 / SLOWEST, SLOWEST)
    return np.full(len(reading.texts), float(np.log(slowness)))


def _told_by(is_cue: Callable[[str], bool], texts: Sequence[str]) -> FloatArray:
    return np.array([float(is_cue(text)) for text in texts])


def _words(texts: Sequence[str]) -> FloatArray:
    return np.array([float(len(text.split())) for text in texts])
