"""Map one interview: read its features, weigh them, label the whole, join passages. The front door is __init__.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from evidence.schedule import Schedule
from transcripts.mapping.arrays import FloatArray, IntArray
from transcripts.mapping.course import add_course
from transcripts.mapping.examples import add_reviewed, add_written
from transcripts.mapping.features import Features, Reading
from transcripts.mapping.markers import add_markers
from transcripts.mapping.passages import LabelledSegment, cover_questions, join_passages
from transcripts.mapping.scoring import calibrated, weigh
from transcripts.mapping.sequence import IMPOSSIBLE, label_posteriors
from transcripts.mapping.similarity import Similarity
from transcripts.mapping.values import Coverage, MappingInputError, Marker, ReviewedTranscript, SpeechMapping
from transcripts.mapping.weights import Manner, Weights, WeightSet, fitted_weights
from transcripts.mapping.wording import add_wording
from transcripts.spoken import SpokenSegment

READ_OUT = 0.1  # of Reading.as_written: from here on the schedule is taken to be read out, or nearly
ENGLISH = "en"
MEETING_SPEAKERS = 3.0  # with as many people sharing the talk, nobody's questions lead through the schedule
OTHER_LANGUAGE = "This language is not English: mapped by markers, turns and the order of the questions only."


@dataclass(frozen=True, slots=True)
class MappingInput:
    segments: tuple[SpokenSegment, ...]
    schedule: Schedule
    written: tuple[Mapping[str, str], ...]
    reviewed: tuple[ReviewedTranscript, ...]
    markers: tuple[Marker, ...]
    language: str
    decided: Mapping[int, str | None] = field(default_factory=dict)  # by segment id


def map_interview(given: MappingInput, similarity: Similarity) -> SpeechMapping:
    _refuse_unknown_questions(given)
    if not given.segments:
        nothing = {question.key: Coverage.NOT_ASKED for question in given.schedule.questions()}
        return SpeechMapping(questions=(), confidences=(), passages=(), coverage=nothing)
    reading, features = read_all(given, similarity)
    weights = fitted_weights(weight_set(given, reading), manner_of(given, reading))
    found = posteriors(features, reading.conversation.seconds, weights, _decided(given, reading))
    labelled = _labelled(reading, found.argmax(axis=1), calibrated(found.max(axis=1), weights))
    return SpeechMapping(
        questions=tuple(item.question_key for item in labelled),
        confidences=tuple(item.confidence for item in labelled),
        passages=join_passages(labelled),
        coverage=cover_questions(given.schedule, labelled),
        note="" if is_english(given) else OTHER_LANGUAGE,
    )


def read_all(given: MappingInput, similarity: Similarity) -> tuple[Reading, Features]:
    """Everything that is known about the interview, from all that was given."""
    reading = Reading(given.segments, given.schedule, similarity)
    features = Features(len(reading.questions))
    add_course(features, reading)
    if is_english(given):
        add_wording(features, reading)
        add_written(features, reading, given.written)
        add_reviewed(features, reading, given.reviewed)
    add_markers(features, reading, given.markers)
    return reading, features


def posteriors(
    features: Features, seconds: FloatArray, weights: Weights, decided: Mapping[int, int] | None = None
) -> FloatArray:
    """Probability of each question, and last of none, for each segment. Shape (n, q + 1).

    `decided`: segment's index to the number of its label, where that is known.
    """
    scores = weigh(features, seconds, weights)
    return label_posteriors(replace(scores, labels=_held(scores.labels, decided or {})))


def _held(labels: FloatArray, decided: Mapping[int, int]) -> FloatArray:
    """The same scores with every other label of a decided segment impossible."""
    held = labels.copy()
    for index, label in decided.items():
        held[index] = np.where(np.arange(labels.shape[1]) == label, labels[index], IMPOSSIBLE)
    return held


def _decided(given: MappingInput, reading: Reading) -> dict[int, int]:
    numbers: dict[str | None, int] = {question.key: j for j, question in enumerate(reading.questions)}
    numbers[None] = len(numbers)
    return {i: numbers[given.decided[one.id]] for i, one in enumerate(reading.segments) if one.id in given.decided}


def weight_set(given: MappingInput, reading: Reading) -> WeightSet:
    is_meeting = reading.conversation.speakers > MEETING_SPEAKERS
    if given.markers:
        return WeightSet.MARKED_MEETING if is_meeting else WeightSet.MARKERS
    if is_meeting:
        return WeightSet.MEETING
    if given.reviewed:
        return WeightSet.REVIEWED
    return WeightSet.WRITTEN if given.written else WeightSet.COLD


def manner_of(given: MappingInput, reading: Reading) -> Manner:
    is_read_out = is_english(given) and reading.as_written > READ_OUT
    return Manner.AS_WRITTEN if is_read_out else Manner.FREE


def is_english(given: MappingInput) -> bool:
    return given.language.lower().split("-")[0] in {ENGLISH, "english"}


def _labelled(reading: Reading, best: IntArray, sure: FloatArray) -> list[LabelledSegment]:
    """`best`: the winning label's number, shape (n,); `sure`: its confidence, shape (n,)."""
    keys: list[str | None] = [*(question.key for question in reading.questions), None]
    return [
        LabelledSegment(segment, keys[number], float(confidence), float(interviewer))
        for segment, number, confidence, interviewer in zip(
            reading.segments, best, sure, reading.conversation.interviewer, strict=True
        )
    ]


def _refuse_unknown_questions(given: MappingInput) -> None:
    _refuse_unknown("A marker", [marker.question_key for marker in given.markers], given.schedule)
    _refuse_unknown("A decision", list(given.decided.values()), given.schedule)
    for transcript in given.reviewed:
        _refuse_unknown("A reviewed interview", transcript.questions, given.schedule)


def _refuse_unknown(what: str, keys: Sequence[str | None], schedule: Schedule) -> None:
    for key in keys:
        if key is not None and not schedule.has_question(key):
            raise MappingInputError(f"{what} names the question “{key}”, which the schedule does not have.")
