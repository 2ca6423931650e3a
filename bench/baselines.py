"""Plain ways of mapping, to compare with: none of them knows what an interview is."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from bench.labelled import Labelled
from transcripts.mapping import Marker
from transcripts.mapping.arrays import FloatArray
from transcripts.mapping.features import closeness, question_texts
from transcripts.mapping.similarity import Similarity

STAYING = 0.15  # what a change of question costs the Viterbi baseline, in cosine
BLOCK = 6  # segments on either side that TextTiling compares
Labels = list[str | None]


def all_outside(item: Labelled) -> Labels:
    return [None] * len(item.segments)


def equal_parts(item: Labelled) -> Labels:
    """Every question gets the same time, in the schedule's order."""
    keys = _keys(item)
    end = item.segments[-1].end
    middles = [(segment.start + segment.end) / 2 for segment in item.segments]
    return [keys[min(int(len(keys) * middle / end), len(keys) - 1)] for middle in middles]


def last_marker(item: Labelled, markers: Sequence[Marker]) -> Labels:
    labels: Labels = []
    for segment in item.segments:
        past = [marker for marker in markers if marker.at_seconds <= (segment.start + segment.end) / 2]
        labels.append(past[-1].question_key if past else None)
    return labels


def nearest_prompt(item: Labelled, similarity: Similarity) -> Labels:
    return _named(item, _near(item, similarity).argmax(axis=1))


def nearest_prompt_viterbi(item: Labelled, similarity: Similarity) -> Labels:
    """The best path when each change of question costs the same."""
    near = _near(item, similarity)
    best, back = near[0], np.zeros(near.shape, dtype=np.int64)
    for i in range(1, len(near)):
        change = best.max() - STAYING
        back[i] = np.where(best >= change, np.arange(near.shape[1]), best.argmax())
        best = np.maximum(best, change) + near[i]
    path = [int(best.argmax())]
    for i in range(len(near) - 1, 0, -1):
        path.append(int(back[i, path[-1]]))
    return _named(item, np.array(path[::-1]))


def texttiling_nearest(item: Labelled, similarity: Similarity) -> Labels:
    """Cut where neighbouring blocks differ most (Hearst 1997, with vectors for words), then the nearest prompt."""
    vectors = similarity.embed([segment.text for segment in item.segments])
    near = _near(item, similarity)
    cuts = [0, *_cuts(vectors), len(vectors)]
    labels = np.concatenate([np.full(high - low, near[low:high].mean(axis=0).argmax()) for low, high in pairwise(cuts)])
    return _named(item, labels)


def _cuts(vectors: FloatArray) -> list[int]:
    places = range(BLOCK, len(vectors) - BLOCK)
    depth = np.array(
        [-float(vectors[i - BLOCK : i].mean(axis=0) @ vectors[i : i + BLOCK].mean(axis=0)) for i in places]
    )
    if not len(depth):
        return []
    deep = depth.mean() + depth.std() / 2
    around = [depth[max(0, k - BLOCK // 2) : k + BLOCK // 2 + 1].max() for k in range(len(depth))]
    return [places[k] for k in range(len(depth)) if depth[k] >= deep and depth[k] == around[k]]


def _near(item: Labelled, similarity: Similarity) -> FloatArray:
    groups = [similarity.embed(question_texts(question)) for question in item.schedule.questions()]
    return closeness(similarity.embed([segment.text for segment in item.segments]), groups)


def _keys(item: Labelled) -> list[str]:
    return [question.key for question in item.schedule.questions()]


def _named(item: Labelled, numbers: FloatArray) -> Labels:
    keys = _keys(item)
    return [keys[int(number)] for number in numbers]
