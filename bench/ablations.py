"""The value of each group of the mapping's features: held-out accuracy without it. `python -m bench.ablations --help`.

Weights are fitted again without the group, as in train_mapping.py, so that other features can compensate.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.support.cross_validation import HeldOut, TrainedInterview, cross_validate, mean_accuracy, read_examples
from bench.support.examples import make_examples
from bench.support.labelled_interviews import read_material
from bench.support.measures import share_at_accuracy
from bench.support.random_field_batch import make_training_example
from bench.support.stored_vectors import add_model_options, load_measured_model
from bench.support.weight_rules import get_regularisation
from transcripts.mapping.feature_weights import WeightSet
from transcripts.mapping.features import Features

GROUPS: Mapping[str, tuple[str, ...]] = {
    "general kinds of question": ("about.kind window", "asked.kind"),
    "closeness of what is said": ("about.window", "about.segment", "about.subject"),
    "closeness of the asking": ("asked.by interviewer", "asked.by anyone"),
    "whether it is read out": ("opening.as written", "asked.as written", "asked.as written, nearest"),
    "how the talk flows": ("opening.continues", "opening.cohesion"),
    "rare shared words": ("about.words", "asked.words"),
    "how askings are worded": (
        "opening.asks",
        "opening.asks here",
        "opening.asks, speaker unknown",
        "opening.invites",
        "opening.moves on",
        "opening.goes back",
        "opening.length",
        "returning.goes back",
    ),
    "who speaks": ("opening.interviewer", "opening.turn start", "leaving.turn start"),
    "pauses": ("opening.pause", "leaving.pause"),
    "pace": ("opening.segments for each question", "opening.seconds for each question"),
    "thanks and interruptions": (
        "outside.thanks at the end",
        "outside.interrupts",
        "leaving.thanks at the end",
        "leaving.interrupts",
    ),
    "what small talk is like": (
        "outside.like segment",
        "outside.like window",
        "outside.near segment",
        "outside.near window",
        "outside.short",
    ),
    "beginning and end": ("outside.start", "outside.end"),
    "the subject around": ("about.subject",),
    "written answers": ("about.written segment", "about.written window"),
    "reviewed answers": ("about.reviewed",),
    "reviewed askings": ("asked.reviewed", "asked.reviewed, by interviewer"),
    "reviewed small talk": ("outside.reviewed",),
    "questions never marked": ("asked.never marked",),
}
SETS = (WeightSet.COLD, WeightSet.WRITTEN, WeightSet.REVIEWED)
TARGET_ACCURACY = 0.95


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the mapping without each group of its features.")
    parser.add_argument("--sets", nargs="*", default=[item.value for item in SETS], help="which sets of weights")
    parser.add_argument("--data", type=Path, help="a folder like tests/data/mapping")
    add_model_options(parser)
    options = parser.parse_args()
    material = read_material(options.data)
    similarity = load_measured_model(options.model, options.vectors)
    for name in [WeightSet(value) for value in options.sets]:
        interviews = read_examples(name, make_examples(name, material), similarity)
        print_row(name, "everything", cross_validate(interviews, get_regularisation(name)))
        for title, group in GROUPS.items():
            if any(has_any_feature(item, group) for item in interviews):
                without = [without_group(item, group) for item in interviews]
                print_row(name, f"without {title}", cross_validate(without, get_regularisation(name)))


def has_any_feature(item: TrainedInterview, group: Sequence[str]) -> bool:
    return any(f"{part}.{name}" in group for part, known in item.training_example.features.items() for name in known)


def without_group(item: TrainedInterview, group: Sequence[str]) -> TrainedInterview:
    """The same interview with these features unknown."""
    remaining = Features(item.features.question_count, pending_markers=item.features.pending_markers)
    for part in item.training_example.features:
        features: dict[str, object] = getattr(item.features, part)
        getattr(remaining, part).update(
            {name: value for name, value in features.items() if f"{part}.{name}" not in group}
        )
    truth = [int(label) for label in item.training_example.truth]
    example = make_training_example(item.training_example.name, remaining, item.seconds, truth)
    return replace(item, features=remaining, training_example=example)


def print_row(name: WeightSet, title: str, held_out: Sequence[HeldOut]) -> None:
    figures = "  ".join(f"{kind} {figure:.3f}" for kind, figure in mean_accuracy(held_out).items())
    share = share_at_accuracy([item for one in held_out for item in one.judged], TARGET_ACCURACY)
    print(f"{name.value:<9} {title:<34} {figures}  right at {TARGET_ACCURACY} over {share:.3f}", flush=True)


if __name__ == "__main__":
    main()
