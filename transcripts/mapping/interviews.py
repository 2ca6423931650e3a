"""Map one interview: read its features, weigh them, label the whole, join passages. The front door is __init__.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidence.schedule import Schedule
from transcripts.mapping.features import Reading, read_features
from transcripts.mapping.passages import LabelledSegment, cover_questions, join_passages
from transcripts.mapping.scoring import weigh
from transcripts.mapping.sequence import label_posteriors
from transcripts.mapping.values import Coverage, MappingInputError, Marker, ReviewedTranscript, SpeechMapping
from transcripts.mapping.weights import fitted_weights
from transcripts.similarity import Similarity
from transcripts.spoken import SpokenSegment


@dataclass(frozen=True, slots=True)
class MappingInput:
    segments: tuple[SpokenSegment, ...]
    schedule: Schedule
    written: tuple[Mapping[str, str], ...]
    reviewed: tuple[ReviewedTranscript, ...]
    markers: tuple[Marker, ...]
    language: str


def map_interview(given: MappingInput, similarity: Similarity) -> SpeechMapping:
    _refuse_unknown_questions(given)
    if not given.segments:
        nothing = {question.key: Coverage.NOT_ASKED for question in given.schedule.questions()}
        return SpeechMapping(questions=(), confidences=(), passages=(), coverage=nothing)
    reading = Reading(given.segments, given.schedule, similarity)
    scores = weigh(read_features(reading), reading.conversation.seconds, fitted_weights())
    posteriors = label_posteriors(scores)
    keys: list[str | None] = [*(question.key for question in reading.questions), None]
    labelled = [
        LabelledSegment(segment, keys[row.argmax()], float(row.max()), float(interviewer))
        for segment, row, interviewer in zip(given.segments, posteriors, reading.conversation.interviewer, strict=True)
    ]
    return SpeechMapping(
        questions=tuple(item.question_key for item in labelled),
        confidences=tuple(item.confidence for item in labelled),
        passages=join_passages(labelled),
        coverage=cover_questions(given.schedule, labelled),
    )


def _refuse_unknown_questions(given: MappingInput) -> None:
    marked = [marker.question_key for marker in given.markers]
    accepted = [key for transcript in given.reviewed for key in transcript.questions]
    _refuse_unknown("A marker", marked, given.schedule)
    _refuse_unknown("A reviewed interview", accepted, given.schedule)


def _refuse_unknown(what: str, keys: Sequence[str | None], schedule: Schedule) -> None:
    for key in keys:
        if key is not None and not schedule.has_question(key):
            raise MappingInputError(f"{what} names the question “{key}”, which the schedule does not have.")
