"""Map one interview: build features, weigh them, label all segments, join passages. Called by `map_speech`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from evidence.schedule import Schedule
from transcripts.kinds.closed_sets import CoverageStatus
from transcripts.mapping.arrays import FloatArray, IntArray
from transcripts.mapping.example_features import add_reviewed_features, add_written_features
from transcripts.mapping.feature_weights import AskingStyle, FeatureWeights, WeightSet, load_weights
from transcripts.mapping.features import EmbeddedInterview, Features
from transcripts.mapping.flow_features import add_flow_features
from transcripts.mapping.marker_features import add_marker_features
from transcripts.mapping.passage_assembly import LabelledSegment, assess_coverage, join_passages
from transcripts.mapping.scoring import calibrate_probabilities, compute_scores
from transcripts.mapping.sequence import IMPOSSIBLE, compute_label_posteriors
from transcripts.mapping.similarity import Similarity
from transcripts.mapping.values import (
    MappingInputError,
    ReviewedTranscript,
    SpeechMapping,
    TimedMarker,
)
from transcripts.mapping.wording_features import add_wording_features
from transcripts.text.spoken import SpokenSegment

MIN_SCRIPT_ADHERENCE = 0.1  # of EmbeddedInterview.script_adherence, from which the schedule counts as read out
ENGLISH = "en"
MIN_MEETING_SPEAKERS = 2.5  # effective ones: with fewer, it is an interview in any case
NOT_ENGLISH_NOTE = (
    "This interview is not in English, so it was mapped only by markers, turns and the order of the questions."
)
MEETING_NOTE = (
    "Several people talk and nobody clearly leads by asking, so this was read as a meeting. "
    "Meetings are only matched to questions roughly: about half of the time is right."
)
GROUP_NOTE = "Several people talk and one of them asks the questions, so this was read as an interview with a group."


@dataclass(frozen=True, slots=True)
class MappingInput:
    segments: tuple[SpokenSegment, ...]
    schedule: Schedule
    written: tuple[Mapping[str, str], ...]
    reviewed: tuple[ReviewedTranscript, ...]
    markers: tuple[TimedMarker, ...]
    language: str
    decisions: Mapping[int, str | None] = field(default_factory=dict)  # by segment id


def map_interview(mapping_input: MappingInput, similarity: Similarity) -> SpeechMapping:
    _refuse_unknown_questions(mapping_input)
    if not mapping_input.segments:
        nothing = {question.key: CoverageStatus.NOT_ASKED for question in mapping_input.schedule.iter_questions()}
        return SpeechMapping(question_keys=(), confidences=(), passages=(), coverage=nothing)
    interview, features = build_features(mapping_input, similarity)
    weights = load_weights(
        choose_weight_set(mapping_input, interview),
        detect_asking_style(mapping_input, interview),
        similarity.model_name,
    )
    posteriors = compute_posteriors(
        features, interview.conversation.seconds, weights, _number_decisions(mapping_input, interview)
    )
    labelled = _label_segments(
        interview, posteriors.argmax(axis=1), calibrate_probabilities(posteriors.max(axis=1), weights)
    )
    return SpeechMapping(
        question_keys=tuple(item.question_key for item in labelled),
        confidences=tuple(item.confidence for item in labelled),
        passages=join_passages(labelled),
        coverage=assess_coverage(mapping_input.schedule, labelled),
        note=_explain_reading(mapping_input, interview),
    )


def build_features(mapping_input: MappingInput, similarity: Similarity) -> tuple[EmbeddedInterview, Features]:
    interview = EmbeddedInterview(mapping_input.segments, mapping_input.schedule, similarity)
    features = Features(len(interview.questions))
    add_flow_features(features, interview)
    if is_english(mapping_input):
        add_wording_features(features, interview)
        add_written_features(features, interview, mapping_input.written)
        add_reviewed_features(features, interview, mapping_input.reviewed)
    add_marker_features(features, interview, mapping_input.markers)
    return interview, features


def compute_posteriors(
    features: Features, seconds: FloatArray, weights: FeatureWeights, decisions: Mapping[int, int] | None = None
) -> FloatArray:
    """Probability of each question, and last of none. `seconds`: shape (n,). Returns shape (n, q + 1).

    `decisions`: segment index to label index.
    """
    scores = compute_scores(features, seconds, weights)
    return compute_label_posteriors(replace(scores, labels=_fix_decided_labels(scores.labels, decisions or {})))


def _fix_decided_labels(labels: FloatArray, decisions: Mapping[int, int]) -> FloatArray:
    fixed = labels.copy()
    for index, label in decisions.items():
        fixed[index] = np.where(np.arange(labels.shape[1]) == label, labels[index], IMPOSSIBLE)
    return fixed


def _number_decisions(mapping_input: MappingInput, interview: EmbeddedInterview) -> dict[int, int]:
    numbers: dict[str | None, int] = {question.key: j for j, question in enumerate(interview.questions)}
    numbers[None] = len(numbers)
    return {
        i: numbers[mapping_input.decisions[one.id]]
        for i, one in enumerate(interview.segments)
        if one.id in mapping_input.decisions
    }


def choose_weight_set(mapping_input: MappingInput, interview: EmbeddedInterview) -> WeightSet:
    is_meeting = is_read_as_meeting(interview)
    if mapping_input.markers:
        return WeightSet.MARKED_MEETING if is_meeting else WeightSet.MARKERS
    if mapping_input.reviewed:
        return WeightSet.REVIEWED
    if mapping_input.written:
        return WeightSet.WRITTEN
    return WeightSet.MEETING if is_meeting else WeightSet.COLD


def is_read_as_meeting(interview: EmbeddedInterview) -> bool:
    """A group whose questions one person asks is an interview, however many answer."""
    talk = interview.conversation
    return talk.effective_speakers > MIN_MEETING_SPEAKERS and not talk.has_leader


def detect_asking_style(mapping_input: MappingInput, interview: EmbeddedInterview) -> AskingStyle:
    is_read_out = is_english(mapping_input) and interview.script_adherence > MIN_SCRIPT_ADHERENCE
    return AskingStyle.SCRIPTED if is_read_out else AskingStyle.FREE


def _explain_reading(mapping_input: MappingInput, interview: EmbeddedInterview) -> str:
    """What readers should know about how it was mapped; nothing for an interview of two people in English."""
    parts = [] if is_english(mapping_input) else [NOT_ENGLISH_NOTE]
    if interview.conversation.effective_speakers > MIN_MEETING_SPEAKERS:
        parts.append(MEETING_NOTE if is_read_as_meeting(interview) else GROUP_NOTE)
    return " ".join(parts)


def is_english(mapping_input: MappingInput) -> bool:
    return mapping_input.language.lower().split("-")[0] in {ENGLISH, "english"}


def _label_segments(interview: EmbeddedInterview, labels: IntArray, confidences: FloatArray) -> list[LabelledSegment]:
    keys: list[str | None] = [*(question.key for question in interview.questions), None]
    return [
        LabelledSegment(segment, keys[number], float(confidence), float(interviewer))
        for segment, number, confidence, interviewer in zip(
            interview.segments, labels, confidences, interview.conversation.interviewer_likelihood, strict=True
        )
    ]


def _refuse_unknown_questions(mapping_input: MappingInput) -> None:
    _refuse_unknown("A marker", [marker.question_key for marker in mapping_input.markers], mapping_input.schedule)
    _refuse_unknown("A decision", list(mapping_input.decisions.values()), mapping_input.schedule)
    for transcript in mapping_input.reviewed:
        _refuse_unknown("A reviewed interview", transcript.question_keys, mapping_input.schedule)


def _refuse_unknown(what: str, keys: Sequence[str | None], schedule: Schedule) -> None:
    for key in keys:
        if key is not None and not schedule.has_question(key):
            raise MappingInputError(f"{what} names the question “{key}”, which is not in the schedule.")
