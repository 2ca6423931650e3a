"""Features of what is said: how close speech is to each question, to its kind, to talk outside the schedule."""

import re

import numpy as np

from transcripts.mapping.arrays import FloatArray, double_centred, fit_ridge
from transcripts.mapping.features import Features, Reading, closeness, question_texts, smoothed, unit_length
from transcripts.mapping.kinds_of_talk import kinds_of_talk

KIND_SHARPNESS = 12.0  # how exclusively a question belongs to the kinds of question it resembles
OUTSIDE_RIDGE = 1.0  # pulls what is learned from general examples towards knowing nothing
ASIDE_SECONDS = 4.0  # an interruption is short
FARTHEST = -0.3  # an asking so much less close than the closest is as good as none
STEM_LETTERS = 5  # words that begin alike are taken for the same: “assume”, “assumptions”
SHORTEST_WORD = 4
RARE = 8.0  # a shared word of this weight is as telling as words get
WORD = re.compile(r"[a-z][a-z'’]+")


def add_wording(features: Features, reading: Reading) -> None:
    asker = reading.conversation.interviewer[:, None]
    groups = reading.question_vectors
    features.about["window"] = double_centred(closeness(reading.windows, groups))
    features.about["subject"] = double_centred(closeness(reading.subjects, groups))
    features.about["segment"] = double_centred(closeness(reading.vectors, groups))
    near = double_centred(reading.nearness)
    features.asked["by interviewer"] = near * asker
    features.asked["by anyone"] = near
    _add_manner(features, reading)
    _add_flow(features, reading)
    _add_kinds(features, reading)
    _add_words(features, reading)
    _add_outside(features, reading)


def _add_manner(features: Features, reading: Reading) -> None:
    """Where the schedule is read out, closeness tells more, and what is not close is seldom an asking."""
    near = reading.nearness
    asker = reading.conversation.interviewer[:, None]
    features.opening["as written"] = np.full(len(near), reading.as_written)
    features.asked["as written"] = reading.as_written * double_centred(near) * asker
    features.asked["as written, nearest"] = reading.as_written * np.maximum(near - near.max(axis=0), FARTHEST)


def _add_flow(features: Features, reading: Reading) -> None:
    """A probe goes on about what was being said; a new question leads the talk elsewhere (Hearst 1997)."""
    before, after = reading.before_and_after
    asking = unit_length(reading.asking_vectors - reading.vectors.mean(axis=0))
    features.opening["continues"] = np.sum(before * asking, axis=1)
    features.opening["cohesion"] = np.sum(before * after, axis=1)


def _add_kinds(features: Features, reading: Reading) -> None:
    """Through general kinds of question: “what did it cost” is near “money”, though no word is shared."""
    kinds = kinds_of_talk().questions
    asked = [reading.similarity.embed(kind.asked) for kind in kinds]
    told = [reading.similarity.embed(kind.told) for kind in kinds]
    kin = np.stack([closeness(vectors, asked).max(axis=0) for vectors in reading.question_vectors])
    belongs = np.exp(KIND_SHARPNESS * (kin - kin.max(axis=1, keepdims=True)))
    belongs /= belongs.sum(axis=1, keepdims=True)
    answers = double_centred(closeness(reading.windows, told))
    askings = double_centred(np.maximum(closeness(reading.vectors, asked), closeness(reading.asking_vectors, asked)))
    features.about["kind window"] = double_centred(answers @ belongs.T)
    features.asked["kind"] = double_centred(askings @ belongs.T) * reading.conversation.interviewer[:, None]


def _add_words(features: Features, reading: Reading) -> None:
    """Rare words that a question and a segment share, weighted by how few segments and questions have them."""
    said = [stems(text) for text in reading.texts]
    asked = [stems(" ".join(question_texts(question))) for question in reading.questions]
    weight = {word: _rarity(word, said) / sum(word in words for words in asked) for words in asked for word in words}
    shared = np.array([[sum(weight[word] for word in sorted(a & b)) for b in asked] for a in said])
    shared = np.minimum(shared / RARE, 1.5)
    features.about["words"] = shared
    features.asked["words"] = shared * reading.conversation.interviewer[:, None]


def stems(text: str) -> set[str]:
    return {word[:STEM_LETTERS] for word in WORD.findall(text.lower()) if len(word) >= SHORTEST_WORD}


def _rarity(word: str, said: list[set[str]]) -> float:
    return float(np.log((len(said) + 1) / (sum(word in words for words in said) + 1)))


def _add_outside(features: Features, reading: Reading) -> None:
    kinds = kinds_of_talk()
    outside = reading.similarity.embed(kinds.outside)
    inside = reading.similarity.embed([text for kind in kinds.questions for text in (*kind.told, *kind.asked)])
    middle, learned = _outside_direction(outside, inside)
    for name, vectors in (
        ("segment", reading.vectors),
        ("window", smoothed(reading.vectors, reading.conversation, ASIDE_SECONDS)),
    ):
        features.outside[f"like {name}"] = (vectors - middle) @ learned
        questions = closeness(vectors, reading.question_vectors).max(axis=1)
        nearest = np.maximum(np.max(vectors @ inside.T, axis=1), questions)
        features.outside[f"near {name}"] = np.max(vectors @ outside.T, axis=1) - nearest


def _outside_direction(outside: FloatArray, inside: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Where talk outside a schedule lies from other talk: a middle point and a direction, shape (d,) each."""
    both = np.concatenate([outside, inside])
    middle = both.mean(axis=0)
    targets = np.concatenate([np.full(len(outside), 0.5), np.full(len(inside), -0.5)])[:, None]
    amounts = np.concatenate([np.ones(len(outside)), np.full(len(inside), len(outside) / len(inside))])
    return middle, fit_ridge(both - middle, targets, amounts, OUTSIDE_RIDGE)[:, 0]
