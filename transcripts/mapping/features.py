"""Everything the sequence model looks at, as named figures per segment and question. Weighs nothing (weights.py)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from evidence.schedule import Question, Schedule
from transcripts.mapping import cues
from transcripts.mapping.arrays import FloatArray, double_centred
from transcripts.mapping.conversations import Conversation, read_conversation
from transcripts.mapping.kinds_of_talk import kinds_of_talk
from transcripts.similarity import Similarity
from transcripts.spoken import SpokenSegment

WINDOW_SECONDS = 12.0  # what was said this long before and after tells what a short segment is about
KIND_SHARPNESS = 12.0  # how exclusively a question belongs to the kinds of question it resembles
GREETING_SECONDS = 30.0  # greetings and closing take about this long
LONGEST_ASKING = 4  # segments of one turn that are read together as the asking


@dataclass(frozen=True, slots=True)
class Features:
    about: dict[str, FloatArray] = field(default_factory=dict)  # (n, q): the speech fits the question
    asked: dict[str, FloatArray] = field(default_factory=dict)  # (n, q): this question is being asked
    opening: dict[str, FloatArray] = field(default_factory=dict)  # (n,): some question is being taken up
    outside: dict[str, FloatArray] = field(default_factory=dict)  # (n,): the speech is outside the schedule
    leaving: dict[str, FloatArray] = field(default_factory=dict)  # (n,): the schedule is being left
    returning: dict[str, FloatArray] = field(default_factory=dict)  # (n,): an earlier question is taken up again


def question_texts(question: Question) -> list[str]:
    return [question.prompt, *question.spoken, *question.details]


class Reading:
    """One interview and its schedule, embedded once."""

    def __init__(self, segments: Sequence[SpokenSegment], schedule: Schedule, similarity: Similarity) -> None:
        self.segments = tuple(segments)
        self.texts = [segment.text for segment in segments]
        self.questions = tuple(schedule.questions())
        self.similarity = similarity
        self.conversation: Conversation = read_conversation(segments)

    @cached_property
    def vectors(self) -> FloatArray:
        return self.similarity.embed(self.texts)

    @cached_property
    def windows(self) -> FloatArray:
        return smoothed(self.vectors, self.conversation, WINDOW_SECONDS)

    @cached_property
    def askings(self) -> FloatArray:
        """What is asked from this segment to the end of the turn. Shape (n, d)."""
        return self.similarity.embed([self.asking_text(i) for i in range(len(self.texts))])

    def asking_text(self, i: int) -> str:
        end = min(int(self.conversation.turn_ends[i]), i + LONGEST_ASKING)
        spoken = " ".join(self.texts[i:end])
        return " ".join(cues.sentences(spoken)[-3:])

    @cached_property
    def question_vectors(self) -> list[FloatArray]:
        texts = [question_texts(question) for question in self.questions]
        vectors = self.similarity.embed([text for group in texts for text in group])
        cuts = np.cumsum([len(group) for group in texts])[:-1]
        return np.split(vectors, cuts)


def smoothed(vectors: FloatArray, conversation: Conversation, width: float) -> FloatArray:
    """Each segment's vector with its neighbours', fading with the seconds between them. Shape (n, d), unit length."""
    middles = conversation.starts + conversation.seconds / 2
    mixed = np.empty_like(vectors)
    for i in range(len(vectors)):
        low, high = np.searchsorted(middles, [middles[i] - 3 * width, middles[i] + 3 * width])
        low, high = min(low, i), max(high, i + 1)
        near = np.exp(-0.5 * ((middles[low:high] - middles[i]) / width) ** 2) * conversation.seconds[low:high]
        mixed[i] = near @ vectors[low:high]
    return mixed / np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-9)


def closeness(vectors: FloatArray, groups: Sequence[FloatArray]) -> FloatArray:
    """The closest text of each group. `vectors`: (n, d); each group (m, d). Returns shape (n, len(groups))."""
    return np.stack([np.max(vectors @ group.T, axis=1) for group in groups], axis=1)


def read_features(reading: Reading) -> Features:
    features = Features()
    conversation = reading.conversation
    asker = conversation.interviewer
    _add_schedule(features, reading, asker)
    _add_kinds(features, reading, asker)
    _add_words(features, reading, asker)
    _add_opening(features, reading)
    _add_outside(features, reading)
    return features


def _add_schedule(features: Features, reading: Reading, asker: FloatArray) -> None:
    groups = reading.question_vectors
    features.about["window"] = double_centred(closeness(reading.windows, groups))
    features.about["segment"] = double_centred(closeness(reading.vectors, groups))
    near = double_centred(np.maximum(closeness(reading.vectors, groups), closeness(reading.askings, groups)))
    features.asked["by interviewer"] = near * asker[:, None]
    features.asked["by anyone"] = near


def _add_kinds(features: Features, reading: Reading, asker: FloatArray) -> None:
    kinds = kinds_of_talk().questions
    asked = [reading.similarity.embed(kind.asked) for kind in kinds]
    told = [reading.similarity.embed(kind.told) for kind in kinds]
    kin = np.stack([np.max(v @ np.concatenate(asked).T, axis=0) for v in reading.question_vectors])
    cuts = np.cumsum([len(a) for a in asked])[:-1]
    kin = np.stack([part.max(axis=1) for part in np.split(kin, cuts, axis=1)], axis=1)
    belongs = np.exp(KIND_SHARPNESS * (kin - kin.max(axis=1, keepdims=True)))
    belongs /= belongs.sum(axis=1, keepdims=True)
    features.about["kind window"] = double_centred(double_centred(closeness(reading.windows, told)) @ belongs.T)
    near = np.maximum(closeness(reading.vectors, asked), closeness(reading.askings, asked))
    features.asked["kind"] = double_centred(double_centred(near) @ belongs.T) * asker[:, None]


WORD = re.compile(r"[a-z][a-z'’]+")


def stems(text: str) -> set[str]:
    return {word[:5] for word in WORD.findall(text.lower()) if len(word) > 3}


def _add_words(features: Features, reading: Reading, asker: FloatArray) -> None:
    """Rare words that a question and a segment share, weighted by how few segments have them."""
    said = [stems(text) for text in reading.texts]
    n = len(said)
    counts: dict[str, int] = {}
    for words in said:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    asked_words = [stems(" ".join(question_texts(question))) for question in reading.questions]
    shared = np.zeros((n, len(asked_words)))
    commonness = {w: sum(w in words for words in asked_words) for words in asked_words for w in words}
    for i, words in enumerate(said):
        for j, asked in enumerate(asked_words):
            shared[i, j] = sum(np.log((n + 1) / (counts[w] + 1)) / commonness[w] for w in sorted(words & asked))
    shared = np.minimum(shared / 8.0, 1.5)
    features.about["words"] = shared
    features.asked["words"] = shared * asker[:, None]


def _add_opening(features: Features, reading: Reading) -> None:
    c = reading.conversation
    asker = c.interviewer
    rest = [reading.asking_text(i) for i in range(len(reading.texts))]
    flag = lambda test, texts: np.array([float(test(text)) for text in texts])  # noqa: E731
    features.opening["always"] = np.ones(len(rest))
    features.opening["turn start"] = c.turn_starts * asker
    features.opening["interviewer"] = asker
    features.opening["asks"] = flag(cues.is_question, rest) * asker
    features.opening["asks here"] = c.asks * asker
    features.opening["asks, speaker unknown"] = c.asks * float(not c.speakers_known)
    features.opening["invites"] = flag(cues.is_inviting, rest) * asker
    features.opening["moves on"] = flag(cues.is_moving_on, reading.texts) * asker
    features.opening["goes back"] = flag(cues.is_going_back, reading.texts)
    features.opening["pause"] = np.minimum(c.gaps, 5.0) / 5.0
    features.opening["length"] = np.minimum([len(t.split()) for t in rest], 40) / 40.0 * asker
    features.returning["goes back"] = flag(cues.is_going_back, reading.texts)
    features.returning["always"] = np.ones(len(rest))
    features.leaving["always"] = np.ones(len(rest))
    features.leaving["turn start"] = c.turn_starts.astype(np.float64)
    features.leaving["pause"] = features.opening["pause"]


def _add_outside(features: Features, reading: Reading) -> None:
    c = reading.conversation
    examples = reading.similarity.embed(kinds_of_talk().outside)
    told = reading.similarity.embed([t for kind in kinds_of_talk().questions for t in (*kind.told, *kind.asked)])
    for name, vectors in (("segment", reading.vectors), ("window", smoothed(reading.vectors, c, 4.0))):
        near = np.max(vectors @ examples.T, axis=1)
        other = np.maximum(np.max(vectors @ told.T, axis=1), closeness(vectors, reading.question_vectors).max(axis=1))
        features.outside[f"like {name}"] = near - other
    total = float(c.starts[-1] + c.seconds[-1])
    features.outside["always"] = np.ones(len(reading.texts))
    features.outside["start"] = np.exp(-c.starts / GREETING_SECONDS)
    features.outside["end"] = np.exp(-(total - c.starts - c.seconds) / GREETING_SECONDS)
    features.outside["short"] = np.exp(-np.array([len(t.split()) for t in reading.texts]) / 4.0)
