"""The settings in which labelled interviews are mapped, and the baselines, each with its scores."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.support import baselines
from bench.support.labelled_interviews import (
    LabelledInterview,
    LabelledMaterial,
    list_other_interviews,
    make_markers,
)
from bench.support.measures import (
    JudgedSegment,
    MappingScores,
    judge_segments,
    score_mapping,
)
from transcripts.mapping import SpeechMapping, map_speech
from transcripts.mapping.similarity import Similarity

REVIEWED_PASSAGE_COUNT = 5  # passages that a reviewer has decided about
Mapper = Callable[[LabelledInterview], SpeechMapping]
Baseline = Callable[[LabelledInterview], baselines.Labels]


@dataclass(frozen=True, slots=True)
class SettingResult:
    title: str
    measured: list[tuple[str, MappingScores]]
    judged: list[JudgedSegment]
    seconds_per_hour: float


def list_settings(kind: str, material: LabelledMaterial, similarity: Similarity) -> dict[str, Mapper]:
    """The settings possible for this kind of material."""

    def map_item(item: LabelledInterview, **inputs: Any) -> SpeechMapping:
        return map_speech(item.segments, item.schedule, similarity=similarity, **inputs)

    mappers: dict[str, Mapper] = {"cold": map_item, "markers": lambda item: map_item(item, markers=make_markers(item))}
    if any(item.written for item in material.list_kind(kind)):
        mappers["written"] = lambda item: map_item(item, written=item.written)
    if kind != "meeting":
        mappers["reviewed"] = lambda item: map_item(item, reviewed=list_other_interviews(item, material))
        mappers[f"cold, {REVIEWED_PASSAGE_COUNT} passages corrected"] = lambda item: correct_reviewed_passages(
            item, similarity
        )
        mappers[f"cold, {REVIEWED_PASSAGE_COUNT} of them guide the rest"] = lambda item: map_item(
            item, decisions=choose_reviewed_passages(item, similarity)
        )
    return mappers


def correct_reviewed_passages(item: LabelledInterview, similarity: Similarity) -> SpeechMapping:
    """Correct the same passages without mapping the rest around them."""
    decisions = choose_reviewed_passages(item, similarity)
    before = map_speech(item.segments, item.schedule, similarity=similarity)
    keys = (decisions.get(one.id, key) for one, key in zip(item.segments, before.question_keys, strict=True))
    return replace(before, question_keys=tuple(keys))


def choose_reviewed_passages(item: LabelledInterview, similarity: Similarity) -> dict[int, str | None]:
    """The truth, by segment id, of the passages most worth reviewing, each chosen after mapping around the others."""
    truth = {one.id: key for one, key in zip(item.segments, item.truth, strict=True)}
    decisions: dict[int, str | None] = {}
    for _ in range(REVIEWED_PASSAGE_COUNT):
        found = map_speech(item.segments, item.schedule, similarity=similarity, decisions=decisions)
        open_ones = [one for one in found.passages if one.first_segment_id not in decisions]
        if open_ones:
            worst = max(open_ones, key=lambda one: (1.0 - one.confidence) * (one.end_seconds - one.start_seconds))
            ids = range(worst.first_segment_id, worst.last_segment_id + 1)
            decisions |= {number: truth[number] for number in ids if number in truth}
    return decisions


def run_setting(title: str, items: Sequence[LabelledInterview], mapper: Mapper) -> SettingResult:
    measured, judged = [], []
    started = time.perf_counter()
    for item in items:
        found = mapper(item)
        measured.append((item.name, score_mapping(item.segments, item.truth, found.question_keys, found.confidences)))
        judged += judge_segments(item.segments, item.truth, found.question_keys, found.confidences)
    hours = sum(item.segments[-1].end for item in items) / 3600
    return SettingResult(title, measured, judged, (time.perf_counter() - started) / hours)


def run_baseline(title: str, items: Sequence[LabelledInterview], baseline: Baseline) -> SettingResult:
    def mapper(item: LabelledInterview) -> SpeechMapping:
        labels = tuple(baseline(item))
        return SpeechMapping(labels, tuple(0.0 for _ in labels), (), {})

    return run_setting(f"baseline: {title}", items, mapper)


def list_baselines(similarity: Similarity) -> dict[str, Baseline]:
    return {
        "all outside": baselines.label_all_outside,
        "equal parts": baselines.label_equal_parts,
        "nearest prompt": lambda item: baselines.label_by_nearest_prompt(item, similarity),
        "nearest prompt, Viterbi": lambda item: baselines.label_by_viterbi(item, similarity),
        "TextTiling, nearest": lambda item: baselines.label_by_texttiling(item, similarity),
        "last marker": lambda item: baselines.label_by_last_marker(item, make_markers(item)),
    }
