"""Baselines for the mapping: none of them knows what an interview is."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from bench.support.labelled_interviews import LabelledInterview
from transcripts.mapping import TimedMarker
from transcripts.mapping.arrays import FloatArray
from transcripts.mapping.features import compute_max_similarity, list_question_texts
from transcripts.mapping.similarity import Similarity

CHANGE_COST = 0.15  # what a change of question costs the Viterbi baseline, in cosine
BLOCK_SEGMENTS = 6  # segments on either side that TextTiling compares
Labels = list[str | None]


def label_all_outside(item: LabelledInterview) -> Labels:
    return [None] * len(item.segments)


def label_equal_parts(item: LabelledInterview) -> Labels:
    """Every question gets the same time, in the schedule's order."""
    keys = _list_keys(item)
    end = item.segments[-1].end
    middles = [(segment.start + segment.end) / 2 for segment in item.segments]
    return [keys[min(int(len(keys) * middle / end), len(keys) - 1)] for middle in middles]


def label_by_last_marker(item: LabelledInterview, markers: Sequence[TimedMarker]) -> Labels:
    labels: Labels = []
    for segment in item.segments:
        past = [marker for marker in markers if marker.at_seconds <= (segment.start + segment.end) / 2]
        labels.append(past[-1].question_key if past else None)
    return labels


def label_by_nearest_prompt(item: LabelledInterview, similarity: Similarity) -> Labels:
    return _to_keys(item, _compare_with_prompts(item, similarity).argmax(axis=1))


def label_by_viterbi(item: LabelledInterview, similarity: Similarity) -> Labels:
    """The best path when each change of question costs the same."""
    near = _compare_with_prompts(item, similarity)
    best, back = near[0], np.zeros(near.shape, dtype=np.int64)
    for i in range(1, len(near)):
        change = best.max() - CHANGE_COST
        back[i] = np.where(best >= change, np.arange(near.shape[1]), best.argmax())
        best = np.maximum(best, change) + near[i]
    path = [int(best.argmax())]
    for i in range(len(near) - 1, 0, -1):
        path.append(int(back[i, path[-1]]))
    return _to_keys(item, np.array(path[::-1]))


def label_by_texttiling(item: LabelledInterview, similarity: Similarity) -> Labels:
    """Cut where neighbouring blocks differ most (Hearst 1997, with vectors for words), then the nearest prompt."""
    vectors = similarity.embed([segment.text for segment in item.segments])
    near = _compare_with_prompts(item, similarity)
    cuts = [0, *_find_cuts(vectors), len(vectors)]
    labels = np.concatenate([np.full(high - low, near[low:high].mean(axis=0).argmax()) for low, high in pairwise(cuts)])
    return _to_keys(item, labels)


def _find_cuts(vectors: FloatArray) -> list[int]:
    positions = range(BLOCK_SEGMENTS, len(vectors) - BLOCK_SEGMENTS)
    depth = np.array(
        [
            -float(vectors[i - BLOCK_SEGMENTS : i].mean(axis=0) @ vectors[i : i + BLOCK_SEGMENTS].mean(axis=0))
            for i in positions
        ]
    )
    if not len(depth):
        return []
    deep = depth.mean() + depth.std() / 2
    around = [depth[max(0, k - BLOCK_SEGMENTS // 2) : k + BLOCK_SEGMENTS // 2 + 1].max() for k in range(len(depth))]
    return [positions[k] for k in range(len(depth)) if depth[k] >= deep and depth[k] == around[k]]


def _compare_with_prompts(item: LabelledInterview, similarity: Similarity) -> FloatArray:
    groups = [similarity.embed(list_question_texts(question)) for question in item.schedule.iter_questions()]
    return compute_max_similarity(similarity.embed([segment.text for segment in item.segments]), groups)


def _list_keys(item: LabelledInterview) -> list[str]:
    return [question.key for question in item.schedule.iter_questions()]


def _to_keys(item: LabelledInterview, numbers: FloatArray) -> Labels:
    keys = _list_keys(item)
    return [keys[int(number)] for number in numbers]
