"""Measure the mapping on all labelled interviews, with baselines. `python -m bench.mapping --help`.

The weights were fitted on such interviews. `--unseen`: first the rows of weights fitted without any of the same
schedule, which is what to expect of a call never seen.
"""

import argparse
from pathlib import Path

from bench.support.cross_validation import BY_SCHEDULE, cross_validate, mean_accuracy, read_examples
from bench.support.examples import make_examples
from bench.support.labelled_interviews import (
    LabelledMaterial,
    read_material,
    shuffle_questions,
)
from bench.support.mapping_settings import SettingResult, list_baselines, list_settings, run_baseline, run_setting
from bench.support.measures import (
    mean_scores,
    reliability_bins,
)
from bench.support.stored_vectors import add_model_options, load_measured_model
from bench.support.weight_rules import get_regularisation
from transcripts.mapping.feature_weights import WeightSet
from transcripts.mapping.similarity import Similarity

SHUFFLES = range(5)
UNSEEN_SETS = (WeightSet.COLD, WeightSet.WRITTEN, WeightSet.REVIEWED, WeightSet.MARKERS)


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
        found += [
            run_baseline(f"{name} ({kind})", items, baseline) for name, baseline in list_baselines(similarity).items()
        ]
    return found


def print_unseen_schedules(material: LabelledMaterial, similarity: Similarity) -> None:
    for name in UNSEEN_SETS:
        interviews = read_examples(name, make_examples(name, material), similarity)
        for kind, figure in mean_accuracy(cross_validate(interviews, get_regularisation(name), BY_SCHEDULE)).items():
            print(f"held out by schedule: {kind}, {name.value:<24} accuracy {figure:.3f}", flush=True)


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
    print(f"reliability of confidence: {row.title}")
    for low, said, right, share in reliability_bins(row.judged):
        print(f"    from {low:.2f}  said {said:.3f}  right {right:.3f}  of the time {share:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the mapping on labelled interviews.")
    parser.add_argument("--data", type=Path, help="a folder like tests/data/mapping")
    parser.add_argument("--each", action="store_true", help="a line for each interview")
    parser.add_argument("--unseen", action="store_true", help="fit again without each group of schedules: an hour")
    add_model_options(parser)
    options = parser.parse_args()
    material = read_material(options.data)
    similarity = load_measured_model(options.model, options.vectors)
    print(f"language model: {similarity.model_name}")
    if options.unseen:
        print_unseen_schedules(material, similarity)
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
