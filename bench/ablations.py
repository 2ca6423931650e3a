"""What each group of the mapping's features is worth: held-out accuracy without it. `python -m bench.ablations --help`.

Weights are fitted anew without the group, as train_mapping.py does, so that others can make up for it.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.examples import examples
from bench.field import lesson
from bench.labelled import read_material
from bench.measures import share_right_at
from bench.train_mapping import HeldOut, Learned, cross_validate, mean_right, pull_of, read_examples
from transcripts.mapping.features import Features
from transcripts.mapping.weights import WeightSet

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
WANTED = 0.95


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the mapping without each group of its features.")
    parser.add_argument("--sets", nargs="*", default=[item.value for item in SETS], help="which sets of weights")
    parser.add_argument("--data", type=Path, help="a folder like tests/data/mapping")
    options = parser.parse_args()
    material = read_material(options.data)
    for name in [WeightSet(value) for value in options.sets]:
        learned = read_examples(name, examples(name, material))
        print_row(name, "everything", cross_validate(learned, pull_of(name)))
        for title, group in GROUPS.items():
            if any(has_any(item, group) for item in learned):
                without = [less(item, group) for item in learned]
                print_row(name, f"without {title}", cross_validate(without, pull_of(name)))


def has_any(item: Learned, group: Sequence[str]) -> bool:
    return any(f"{part}.{name}" in group for part, known in item.lesson.features.items() for name in known)


def less(item: Learned, group: Sequence[str]) -> Learned:
    """The same interview with these features unknown."""
    kept = Features(item.features.questions, waiting=item.features.waiting)
    for part in item.lesson.features:
        known: dict[str, object] = getattr(item.features, part)
        getattr(kept, part).update({name: value for name, value in known.items() if f"{part}.{name}" not in group})
    truth = [int(label) for label in item.lesson.truth]
    found = lesson(item.lesson.name, kept, item.seconds, truth)
    return replace(item, features=kept, lesson=found)


def print_row(name: WeightSet, title: str, held_out: Sequence[HeldOut]) -> None:
    figures = "  ".join(f"{kind} {figure:.3f}" for kind, figure in mean_right(held_out).items())
    share = share_right_at([item for one in held_out for item in one.judged], WANTED)
    print(f"{name.value:<9} {title:<34} {figures}  right at {WANTED} over {share:.3f}", flush=True)


if __name__ == "__main__":
    main()
