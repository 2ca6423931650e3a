"""The features of the sequence model, by name, and one interview with its embeddings. scoring.py weighs them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from evidence.schedule import Question, Schedule
from transcripts.mapping import turn_cues
from transcripts.mapping.arrays import FloatArray
from transcripts.mapping.marker_states import PendingMarker
from transcripts.mapping.similarity import Similarity
from transcripts.mapping.speaker_turns import Conversation, read_conversation
from transcripts.text.spoken import SpokenSegment

WINDOW_SECONDS = 12.0  # context before and after that shows what a short segment is about
SUBJECT_SECONDS = 30.0  # context before and after that shows the subject
MAX_ASKED_SEGMENTS = 4  # segments of one turn that are read together as a question
CONTEXT_FADE_SECONDS = 30.0  # how quickly the context fades, for how the conversation flows
USUAL_SIMILARITY = 0.6  # of the nearest asking of a question to its texts, if half are read out
SIMILARITY_SCALE = 4.0
PROBABLE_INTERVIEWER = 0.2  # other speakers count half as a sign that the schedule is read out
UNLIKELY_INTERVIEWER = 0.1  # below this, nothing is read as a question
MAX_ASKED_SENTENCES = 3  # the question comes last in a turn


@dataclass(frozen=True, slots=True)
class Features:
    question_count: int  # q
    about: dict[str, FloatArray] = field(default_factory=dict)  # (n, q): the speech fits the question
    asked: dict[str, FloatArray] = field(default_factory=dict)  # (n, q): this question is being asked
    opening: dict[str, FloatArray] = field(default_factory=dict)  # (n,): some question starts
    outside: dict[str, FloatArray] = field(default_factory=dict)  # (n,): the speech is outside the schedule
    leaving: dict[str, FloatArray] = field(default_factory=dict)  # (n,): the schedule is left
    resuming: dict[str, FloatArray] = field(default_factory=dict)  # (n,): the question that was left continues
    returning: dict[str, FloatArray] = field(default_factory=dict)  # (n,): an earlier question is returned to
    pending_markers: list[PendingMarker] = field(default_factory=list)  # each is used once


def list_question_texts(question: Question) -> list[str]:
    return [question.prompt, *question.spoken_prompts, *question.details]


class EmbeddedInterview:
    """n segments, q questions, d dimensions; embeddings are made once, when needed."""

    def __init__(self, segments: Sequence[SpokenSegment], schedule: Schedule, similarity: Similarity) -> None:
        self.segments = tuple(segments)
        self.schedule = schedule
        self.questions = tuple(schedule.iter_questions())
        self.similarity = similarity
        self.texts = [segment.text for segment in segments]
        self.conversation: Conversation = read_conversation(segments)
        self.asked_texts = [self._join_asked_text(i) for i in range(len(self.texts))]

    def with_segments(self, segments: Sequence[SpokenSegment]) -> "EmbeddedInterview":
        return EmbeddedInterview(segments, self.schedule, self.similarity)

    @cached_property
    def vectors(self) -> FloatArray:
        return self.similarity.embed(self.texts)

    @cached_property
    def window_vectors(self) -> FloatArray:
        return smooth_vectors(self.vectors, self.conversation, WINDOW_SECONDS)

    @cached_property
    def subject_vectors(self) -> FloatArray:
        return smooth_vectors(self.vectors, self.conversation, SUBJECT_SECONDS)

    @cached_property
    def asked_vectors(self) -> FloatArray:
        return self.similarity.embed(self.asked_texts)

    @cached_property
    def question_vectors(self) -> list[FloatArray]:
        texts = [list_question_texts(question) for question in self.questions]
        vectors = self.similarity.embed([text for group in texts for text in group])
        return np.split(vectors, np.cumsum([len(group) for group in texts])[:-1])

    @cached_property
    def question_similarity(self) -> FloatArray:
        """Of each segment, or the asking that starts with it, to each question. Shape (n, q)."""
        groups = self.question_vectors
        return np.maximum(
            compute_max_similarity(self.vectors, groups), compute_max_similarity(self.asked_vectors, groups)
        )

    @cached_property
    def script_adherence(self) -> float:
        """About 1 if the schedule is read out, below 0 if questions are free."""
        asker = np.where(self.conversation.interviewer_likelihood > PROBABLE_INTERVIEWER, 1.0, 0.5)
        nearest = (self.question_similarity * asker[:, None]).max(axis=0)
        return float(SIMILARITY_SCALE * (nearest.mean() - USUAL_SIMILARITY))

    @cached_property
    def context_vectors(self) -> tuple[FloatArray, FloatArray]:
        """Fading context before each segment, and from it on, less the mean of the interview. Shape (n, d) each."""
        conversation = self.conversation
        middles = conversation.starts + conversation.seconds / 2
        distance = np.abs(middles[None, :] - conversation.starts[:, None])
        near = np.exp(-distance / CONTEXT_FADE_SECONDS) * conversation.seconds
        own = self.vectors - self.vectors.mean(axis=0)
        return normalise_rows(np.tril(near, -1) @ own), normalise_rows(np.triu(near) @ own)

    def _join_asked_text(self, i: int) -> str:
        if self.conversation.interviewer_likelihood[i] < UNLIKELY_INTERVIEWER:
            return self.texts[i]
        end = min(int(self.conversation.turn_ends[i]), i + MAX_ASKED_SEGMENTS)
        return " ".join(turn_cues.split_sentences(" ".join(self.texts[i:end]))[-MAX_ASKED_SENTENCES:])


def smooth_vectors(vectors: FloatArray, conversation: Conversation, width_seconds: float) -> FloatArray:
    """Averages each vector with its neighbours in time. `vectors`: (n, d). Returns (n, d), unit length."""
    middles = conversation.starts + conversation.seconds / 2
    mixed = np.empty_like(vectors)
    for i, middle in enumerate(middles):
        low, high = np.searchsorted(middles, [middle - 3 * width_seconds, middle + 3 * width_seconds])
        low, high = min(int(low), i), max(int(high), i + 1)
        near = np.exp(-0.5 * ((middles[low:high] - middle) / width_seconds) ** 2) * conversation.seconds[low:high]
        mixed[i] = near @ vectors[low:high]
    return normalise_rows(mixed)


def normalise_rows(vectors: FloatArray) -> FloatArray:
    unit: FloatArray = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return unit


def compute_max_similarity(vectors: FloatArray, groups: Sequence[FloatArray]) -> FloatArray:
    """To the closest text of each group. `vectors`: (n, d); each group: (m, d). Returns shape (n, len(groups))."""
    return np.stack([np.max(vectors @ group.T, axis=1) for group in groups], axis=1)
