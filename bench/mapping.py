"""Measure the mapping on every labelled interview at hand, beside plain baselines. `python -m bench.mapping --help`.

The weights were fitted on interviews of these kinds; what they reach on interviews held out of the fitting is what
`python -m bench.train_mapping --cross-validate` prints.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.support import baselines
from bench.support.labelled_interviews import (
    LabelledInterview,
    LabelledMaterial,
    list_other_interviews,
    make_markers,
    read_material,
    shuffle_questions,
)
from bench.support.measures import (
    JudgedSegment,
    MappingScores,
    judge_segments,
    mean_scores,
    reliability_bins,
    score_mapping,
)
from transcripts.mapping import SpeechMapping, map_speech
from transcripts.mapping.similarity import Similarity, load_similarity

SHUFFLES = range(5)
REVIEWED_PASSAGE_COUNT = 5  # passages that a reviewer has looked at
Mapper = Callable[[LabelledInterview], SpeechMapping]
Baseline = Callable[[LabelledInterview], baselines.Labels]


@dataclass(frozen=True, slots=True)
class SettingResult:
    title: str
    measured: list[tuple[str, MappingScores]]
    judged: list[JudgedSegment]
    seconds_per_hour: float


def list_settings(kind: str, material: LabelledMaterial, similarity: Similarity) -> dict[str, Mapper]:
    """The settings that this kind of material can be mapped in."""

    def mapped(item: LabelledInterview, **given: Any) -> SpeechMapping:
        return map_speech(item.segments, item.schedule, similarity=similarity, **given)

    found: dict[str, Mapper] = {"cold": mapped, "markers": lambda item: mapped(item, markers=make_markers(item))}
    if any(item.written for item in material.list_kind(kind)):
        found["written"] = lambda item: mapped(item, written=item.written)
    if kind != "meeting":
        found["reviewed"] = lambda item: mapped(item, reviewed=list_other_interviews(item, material))
        found[f"cold, {REVIEWED_PASSAGE_COUNT} passages put right"] = lambda item: correct_reviewed_passages(
            item, similarity
        )
        found[f"cold, {REVIEWED_PASSAGE_COUNT} of them guide the rest"] = lambda item: mapped(
            item, decided=choose_reviewed_passages(item, similarity)
        )
    return found


def correct_reviewed_passages(item: LabelledInterview, similarity: Similarity) -> SpeechMapping:
    """The same passages as where they guide the rest, and the rest as it was."""
    decided = choose_reviewed_passages(item, similarity)
    before = map_speech(item.segments, item.schedule, similarity=similarity)
    keys = (decided.get(one.id, key) for one, key in zip(item.segments, before.question_keys, strict=True))
    return replace(before, question_keys=tuple(keys))


def choose_reviewed_passages(item: LabelledInterview, similarity: Similarity) -> dict[int, str | None]:
    """The truth of the passages where looking pays most, by segment id: each chosen when those before are known."""
    truth = {one.id: key for one, key in zip(item.segments, item.truth, strict=True)}
    decided: dict[int, str | None] = {}
    for _ in range(REVIEWED_PASSAGE_COUNT):
        found = map_speech(item.segments, item.schedule, similarity=similarity, decisions=decided)
        open_ones = [one for one in found.passages if one.first_segment_id not in decided]
        if open_ones:
            worst = max(open_ones, key=lambda one: (1.0 - one.confidence) * (one.end_seconds - one.start_seconds))
            ids = range(worst.first_segment_id, worst.last_segment_id + 1)
            decided |= {number: truth[number] for number in ids if number in truth}
    return decided


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


def measure_all(
    kind: str, material: LabelledMaterial, similarity: Similarity, *, with_baselines: bool = True
) -> list[SettingResult]:
    items = material.list_kind(kind)
    found = [
        run_setting(f"{kind}, {name}", items, mapper)
        for name, mapper in list_settings(kind, material, similarity).items()
    ]
    if kind == "meeting":
        mixed = [shuffle_questions(item, seed) for item in items for seed in SHUFFLES]
        found.append(run_setting("meeting, cold, shuffled", mixed, list_settings(kind, material, similarity)["cold"]))
    if with_baselines:
        found += [run_baseline(f"{name} ({kind})", items, way) for name, way in list_baselines(similarity).items()]
    return found


def print_row(row: SettingResult, *, each: bool) -> None:
    figures = mean_scores([measured for _, measured in row.measured])
    print(
        f"{row.title:<46} accuracy {figures.accuracy:.3f}  macro F1 {figures.macro_f1:.3f}  "
        f"boundary {figures.boundary_f1:.3f}  sure {figures.sure_right:.3f} of {figures.sure_share:.3f}  "
        f"{row.seconds_per_hour:.1f} s/h"
    )
    if each and not row.title.startswith("baseline"):
        for name, measured in row.measured:
            print(
                f"    {name:<14} {measured.accuracy:.3f}  sure {measured.sure_right:.3f} of {measured.sure_share:.3f}"
            )


def print_reliability(row: SettingResult) -> None:
    print(f"how sure and how right: {row.title}")
    for low, said, right, share in reliability_bins(row.judged):
        print(f"    from {low:.2f}  said {said:.3f}  right {right:.3f}  of the time {share:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the mapping on labelled interviews.")
    parser.add_argument("--data", type=Path, help="a folder like tests/data/mapping")
    parser.add_argument("--each", action="store_true", help="a line for each interview")
    options = parser.parse_args()
    material = read_material(options.data)
    similarity = load_similarity()
    similarity.embed(["A first text, so that loading is not timed."])
    found = [
        row
        for kind in ("invented", "real", "other calls", "longer calls", "meeting")
        if material.list_kind(kind)
        for row in measure_all(kind, material, similarity)
    ]
    for row in found:
        print_row(row, each=options.each)
    for row in found:
        if not row.title.startswith("baseline"):
            print_reliability(row)


if __name__ == "__main__":
    main()
