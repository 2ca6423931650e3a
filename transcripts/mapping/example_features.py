"""Features learned from written answers and reviewed interviews of the same call.

They are features like any other (features.py); their weights are fitted in weights.json.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from transcripts.mapping import turn_cues
from transcripts.mapping.arrays import FloatArray, double_centre, fit_ridge
from transcripts.mapping.features import EmbeddedInterview, Features, compute_max_similarity
from transcripts.mapping.values import ReviewedTranscript

RIDGE = 3.0  # shrinks what is learned from few examples towards zero
SENTENCES_PER_EXAMPLE = 2  # written answers are split into pieces about as long as a spoken segment


def add_written_features(
    features: Features, interview: EmbeddedInterview, written: Sequence[Mapping[str, str]]
) -> None:
    """Adds about["written segment"] and about["written window"], shape (n, q) each."""
    keys = [question.key for question in interview.questions]
    pieces = [
        (keys.index(key), piece)
        for answers in written
        for key, text in answers.items()
        if key in keys
        for piece in _split_into_examples(text)
    ]
    if not pieces:
        return
    labels = np.array([number for number, _ in pieces])
    vectors = interview.similarity.embed([piece for _, piece in pieces])
    middle = vectors.mean(axis=0)
    targets = _encode_centred_labels(labels, len(keys))
    learned = fit_ridge(vectors - middle, targets, np.ones(len(labels)), RIDGE)
    features.about["written segment"] = (interview.vectors - interview.vectors.mean(axis=0)) @ learned
    features.about["written window"] = (interview.window_vectors - interview.window_vectors.mean(axis=0)) @ learned


def _split_into_examples(text: str) -> list[str]:
    parts = turn_cues.split_sentences(text)
    return [" ".join(parts[i : i + SENTENCES_PER_EXAMPLE]) for i in range(0, len(parts), SENTENCES_PER_EXAMPLE)]


def _encode_centred_labels(labels: FloatArray, count: int) -> FloatArray:
    own = (labels[:, None] == np.arange(count)[None, :]).astype(np.float64)
    centred: FloatArray = own - own.mean(axis=0)
    return centred


def add_reviewed_features(
    features: Features, interview: EmbeddedInterview, reviewed: Sequence[ReviewedTranscript]
) -> None:
    """Adds "reviewed" to about (n, q), outside (n,) and asked (n, q)."""
    keys: list[str | None] = [*(question.key for question in interview.questions), None]
    others = [interview.with_segments(transcript.segments) for transcript in reviewed]
    if not others:
        return
    labels = np.array([keys.index(key) for transcript in reviewed for key in transcript.question_keys])
    amounts = np.concatenate([np.minimum(other.conversation.seconds, 15.0) / 6.0 for other in others])
    examples = np.concatenate([_join_window_vectors(other) for other in others])
    middle = examples.mean(axis=0)
    learned = fit_ridge(examples - middle, _encode_centred_labels(labels, len(keys)), amounts, RIDGE)
    found = (_join_window_vectors(interview) - middle) @ learned
    features.about["reviewed"] = found[:, :-1]
    features.outside["reviewed"] = found[:, -1]
    _add_reviewed_question_features(features, interview, others, reviewed, keys)


def _join_window_vectors(interview: EmbeddedInterview) -> FloatArray:
    return np.concatenate([interview.vectors, interview.window_vectors], axis=1)


def _add_reviewed_question_features(
    features: Features,
    interview: EmbeddedInterview,
    others: Sequence[EmbeddedInterview],
    reviewed: Sequence[ReviewedTranscript],
    keys: Sequence[str | None],
) -> None:
    q = len(keys) - 1
    found: list[list[FloatArray]] = [[] for _ in range(q)]
    for other, transcript in zip(others, reviewed, strict=True):
        for i, key in enumerate(transcript.question_keys):
            if (
                key is not None
                and (i == 0 or transcript.question_keys[i - 1] != key)
                and other.conversation.interviewer_likelihood[i] > 0.3
            ):
                found[keys.index(key)].append(other.asked_vectors[i])
    near = np.full((len(interview.texts), q), np.nan)
    for j, vectors in enumerate(found):
        if vectors:
            near[:, j] = np.maximum(
                compute_max_similarity(interview.vectors, [np.stack(vectors)]),
                compute_max_similarity(interview.asked_vectors, [np.stack(vectors)]),
            )[:, 0]
    near = np.where(np.isnan(near), np.nanmean(near), near)
    features.asked["reviewed"] = double_centre(near)
    features.asked["reviewed, by interviewer"] = (
        double_centre(near) * interview.conversation.interviewer_likelihood[:, None]
    )
