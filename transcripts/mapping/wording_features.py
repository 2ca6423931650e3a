"""Features of meaning: similarity of speech to each question, to its kind, and to talk outside the schedule."""

import re

import numpy as np

from transcripts.mapping.arrays import FloatArray, double_centre, fit_ridge
from transcripts.mapping.features import (
    EmbeddedInterview,
    Features,
    compute_max_similarity,
    list_question_texts,
    normalise_rows,
    smooth_vectors,
)
from transcripts.mapping.kinds_of_talk import load_kinds_of_talk

KIND_SHARPNESS = 12.0  # how strongly a question belongs to the most similar kinds
OUTSIDE_RIDGE = 1.0  # shrinks what is learned from general examples towards zero
ASIDE_SECONDS = 4.0  # an interruption is short
MIN_RELATIVE_SIMILARITY = -0.3  # this much less similar than the most similar is as good as none
STEM_LETTERS = 5  # words with the same first letters count as the same: “assume”, “assumptions”
MIN_WORD_LETTERS = 4
MAX_RARITY = 8.0  # a word that rare gives full evidence
WORD = re.compile(r"[a-z][a-z'’]+")


def add_wording_features(features: Features, interview: EmbeddedInterview) -> None:
    asker = interview.conversation.interviewer_likelihood[:, None]
    groups = interview.question_vectors
    features.about["window"] = double_centre(compute_max_similarity(interview.window_vectors, groups))
    features.about["subject"] = double_centre(compute_max_similarity(interview.subject_vectors, groups))
    features.about["segment"] = double_centre(compute_max_similarity(interview.vectors, groups))
    near = double_centre(interview.question_similarity)
    features.asked["by interviewer"] = near * asker
    features.asked["by anyone"] = near
    _add_script_adherence(features, interview)
    _add_cohesion(features, interview)
    _add_question_kinds(features, interview)
    _add_shared_words(features, interview)
    _add_outside_features(features, interview)


def _add_script_adherence(features: Features, interview: EmbeddedInterview) -> None:
    near = interview.question_similarity
    asker = interview.conversation.interviewer_likelihood[:, None]
    features.opening["as written"] = np.full(len(near), interview.script_adherence)
    features.asked["as written"] = interview.script_adherence * double_centre(near) * asker
    features.asked["as written, nearest"] = interview.script_adherence * np.maximum(
        near - near.max(axis=0), MIN_RELATIVE_SIMILARITY
    )


def _add_cohesion(features: Features, interview: EmbeddedInterview) -> None:
    before, after = interview.context_vectors
    asking = normalise_rows(interview.asked_vectors - interview.vectors.mean(axis=0))
    features.opening["continues"] = np.sum(before * asking, axis=1)
    features.opening["cohesion"] = np.sum(before * after, axis=1)


def _add_question_kinds(features: Features, interview: EmbeddedInterview) -> None:
    kinds = load_kinds_of_talk().questions
    asked = [interview.similarity.embed(kind.phrasings) for kind in kinds]
    answers = [interview.similarity.embed(kind.answers) for kind in kinds]
    kin = np.stack([compute_max_similarity(vectors, asked).max(axis=0) for vectors in interview.question_vectors])
    belongs = np.exp(KIND_SHARPNESS * (kin - kin.max(axis=1, keepdims=True)))
    belongs /= belongs.sum(axis=1, keepdims=True)
    near_answers = double_centre(compute_max_similarity(interview.window_vectors, answers))
    askings = double_centre(
        np.maximum(
            compute_max_similarity(interview.vectors, asked), compute_max_similarity(interview.asked_vectors, asked)
        )
    )
    features.about["kind window"] = double_centre(near_answers @ belongs.T)
    features.asked["kind"] = double_centre(askings @ belongs.T) * interview.conversation.interviewer_likelihood[:, None]


def _add_shared_words(features: Features, interview: EmbeddedInterview) -> None:
    said = [extract_stems(text) for text in interview.texts]
    asked = [extract_stems(" ".join(list_question_texts(question))) for question in interview.questions]
    weight = {
        word: _compute_rarity(word, said) / sum(word in words for words in asked) for words in asked for word in words
    }
    shared = np.array([[sum(weight[word] for word in sorted(a & b)) for b in asked] for a in said])
    shared = np.minimum(shared / MAX_RARITY, 1.5)
    features.about["words"] = shared
    features.asked["words"] = shared * interview.conversation.interviewer_likelihood[:, None]


def extract_stems(text: str) -> set[str]:
    return {word[:STEM_LETTERS] for word in WORD.findall(text.lower()) if len(word) >= MIN_WORD_LETTERS}


def _compute_rarity(word: str, said: list[set[str]]) -> float:
    return float(np.log((len(said) + 1) / (sum(word in words for words in said) + 1)))


def _add_outside_features(features: Features, interview: EmbeddedInterview) -> None:
    kinds = load_kinds_of_talk()
    outside = interview.similarity.embed(kinds.outside)
    inside = interview.similarity.embed([text for kind in kinds.questions for text in (*kind.answers, *kind.phrasings)])
    middle, learned = _fit_outside_direction(outside, inside)
    for name, vectors in (
        ("segment", interview.vectors),
        ("window", smooth_vectors(interview.vectors, interview.conversation, ASIDE_SECONDS)),
    ):
        features.outside[f"like {name}"] = (vectors - middle) @ learned
        questions = compute_max_similarity(vectors, interview.question_vectors).max(axis=1)
        nearest = np.maximum(np.max(vectors @ inside.T, axis=1), questions)
        features.outside[f"near {name}"] = np.max(vectors @ outside.T, axis=1) - nearest


def _fit_outside_direction(outside: FloatArray, inside: FloatArray) -> tuple[FloatArray, FloatArray]:
    both = np.concatenate([outside, inside])
    middle = both.mean(axis=0)
    targets = np.concatenate([np.full(len(outside), 0.5), np.full(len(inside), -0.5)])[:, None]
    amounts = np.concatenate([np.ones(len(outside)), np.full(len(inside), len(outside) / len(inside))])
    return middle, fit_ridge(both - middle, targets, amounts, OUTSIDE_RIDGE)[:, 0]
