"""Learn from written answers and reviewed interviews of the same call what answers and askings sound like there.

Both give figures like any other feature (features.py); how much they count is fitted in weights.json.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from transcripts.mapping import cues
from transcripts.mapping.arrays import FloatArray, double_centred, fit_ridge
from transcripts.mapping.features import Features, Reading, closeness
from transcripts.mapping.values import ReviewedTranscript

RIDGE = 3.0  # pulls what is learned from few examples towards knowing nothing
SENTENCES_TOGETHER = 2  # a written answer is learned from in pieces about as long as a spoken segment


def add_written(features: Features, reading: Reading, written: Sequence[Mapping[str, str]]) -> None:
    """What the written answers tell about the speech: about["written"], shape (n, q)."""
    keys = [question.key for question in reading.questions]
    pieces = [
        (keys.index(key), piece)
        for answers in written
        for key, text in answers.items()
        if key in keys
        for piece in _pieces(text)
    ]
    if not pieces:
        return
    labels = np.array([number for number, _ in pieces])
    vectors = reading.similarity.embed([piece for _, piece in pieces])
    middle = vectors.mean(axis=0)
    targets = _balanced(labels, len(keys))
    learned = fit_ridge(vectors - middle, targets, np.ones(len(labels)), RIDGE)
    features.about["written segment"] = (reading.vectors - reading.vectors.mean(axis=0)) @ learned
    features.about["written window"] = (reading.windows - reading.windows.mean(axis=0)) @ learned


def _pieces(text: str) -> list[str]:
    parts = cues.sentences(text)
    return [" ".join(parts[i : i + SENTENCES_TOGETHER]) for i in range(0, len(parts), SENTENCES_TOGETHER)]


def _balanced(labels: FloatArray, count: int) -> FloatArray:
    """One column for each label: 1 for its own examples, 0 for others, less the column's mean. Shape (m, count)."""
    own = (labels[:, None] == np.arange(count)[None, :]).astype(np.float64)
    balanced: FloatArray = own - own.mean(axis=0)
    return balanced


def add_reviewed(features: Features, reading: Reading, reviewed: Sequence[ReviewedTranscript]) -> None:
    """What reviewed interviews of the same schedule tell: about, outside and asked."""
    keys: list[str | None] = [*(question.key for question in reading.questions), None]
    others = [reading.of_same_schedule(transcript.segments) for transcript in reviewed]
    if not others:
        return
    labels = np.array([keys.index(key) for transcript in reviewed for key in transcript.questions])
    amounts = np.concatenate([np.minimum(other.conversation.seconds, 15.0) / 6.0 for other in others])
    examples = np.concatenate([_in_context(other) for other in others])
    middle = examples.mean(axis=0)
    learned = fit_ridge(examples - middle, _balanced(labels, len(keys)), amounts, RIDGE)
    found = (_in_context(reading) - middle) @ learned
    features.about["reviewed"] = found[:, :-1]
    features.outside["reviewed"] = found[:, -1]
    _add_reviewed_askings(features, reading, others, reviewed, keys)


def _in_context(reading: Reading) -> FloatArray:
    return np.concatenate([reading.vectors, reading.windows], axis=1)


def _add_reviewed_askings(
    features: Features,
    reading: Reading,
    others: Sequence[Reading],
    reviewed: Sequence[ReviewedTranscript],
    keys: Sequence[str | None],
) -> None:
    q = len(keys) - 1
    found: list[list[FloatArray]] = [[] for _ in range(q)]
    for other, transcript in zip(others, reviewed, strict=True):
        for i, key in enumerate(transcript.questions):
            if (
                key is not None
                and (i == 0 or transcript.questions[i - 1] != key)
                and other.conversation.interviewer[i] > 0.3
            ):
                found[keys.index(key)].append(other.asking_vectors[i])
    near = np.full((len(reading.texts), q), np.nan)
    for j, vectors in enumerate(found):
        if vectors:
            near[:, j] = np.maximum(
                closeness(reading.vectors, [np.stack(vectors)]), closeness(reading.asking_vectors, [np.stack(vectors)])
            )[:, 0]
    near = np.where(np.isnan(near), np.nanmean(near), near)
    features.asked["reviewed"] = double_centred(near)
    features.asked["reviewed, by interviewer"] = double_centred(near) * reading.conversation.interviewer[:, None]
