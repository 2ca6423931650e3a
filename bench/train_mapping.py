"""Fit transcripts/mapping/weights.json on labelled interviews, and say what that is worth on those held out.

One set of weights for each setting, since a figure counts for less where a stronger one is at hand. Held out is
always a whole interview, in every setting it occurs in; for meetings, all meetings of one kind; for other calls, all
interviews of one schedule.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bench.field import Lesson, fit, lesson
from bench.labelled import Labelled, Material, markers_for, others, read_material, shuffled, without_speakers
from bench.measures import Judged, judge, reliability
from transcripts.mapping.arrays import FloatArray
from transcripts.mapping.features import Features
from transcripts.mapping.interviews import MappingInput, posteriors, read_all
from transcripts.mapping.similarity import load_similarity
from transcripts.mapping.weights import FITTED, WeightSet

ROUNDS = 35
FITTED_SETS = [item for item in WeightSet if item is not WeightSet.MARKED_MEETING]
OTHER_CALLS = (("archive",), ("buses",), ("floods",), ("home",), ("young",))
HELD_OUT = (
    ("iv01", "P1", "ES"),
    ("iv03", "P3", "TS"),
    ("iv06", "P5", "covid"),
    ("iv08", "education"),
    ("iv11",),
    *OTHER_CALLS,
)
BY_SCHEDULE = (("iv",), ("P",), *OTHER_CALLS)  # nothing of the same schedule is learned from
OTHER = "other calls"
OTHERS_COUNT = 0.3  # short, and their questions change fast: they keep the weights from fitting one call alone
PULLS = {WeightSet.MARKERS: 0.3, WeightSet.MEETING: 0.02}  # held-out markers gained three points from a strong pull
USUAL_PULL = 0.1
LAST_MARKER = "about.last marker"  # counts only where many talk for long under one heading, and by hand: not fitted
LAST_MARKER_WEIGHT = 0.3  # of 0 to 0.5, the least that brings marked meetings from 0.74 to 0.88
SUBJECT = "about.subject"  # held out, only interviews with reviewed ones beside them gained by it
TEMPERATURES = np.arange(1.0, 4.05, 0.1)
MARKER_SEEDS = (0, 1)


@dataclass(frozen=True)
class Example:
    """One interview in one setting, with what the mapping is given."""

    name: str
    labelled: Labelled
    given: MappingInput
    is_reported: bool  # or it only teaches


def example(
    item: Labelled, material: Material, *, parts: Sequence[str], seed: int = 0, is_reported: bool = True
) -> Example:
    given = MappingInput(
        segments=item.segments,
        schedule=item.schedule,
        written=material.written if "written" in parts else (),
        reviewed=tuple(others(item, material)) if "reviewed" in parts else (),
        markers=markers_for(item, seed) if "markers" in parts else (),
        language="en",
    )
    return Example(item.name, item, given, is_reported)


def examples(name: WeightSet, material: Material) -> list[Example]:
    invented, real, meetings = (material.of_kind(kind) for kind in ("invented", "real", "meeting"))
    interviews = [*invented, *real, *material.of_kind(OTHER)]
    mute = [without_speakers(item) for item in interviews if item.segments[0].speaker]
    if name is WeightSet.MEETING:
        return [example(item, material, parts=()) for item in meetings] + [
            example(shuffled(item, 0), material, parts=(), is_reported=False) for item in meetings
        ]
    if name is WeightSet.COLD:
        return [example(item, material, parts=()) for item in interviews] + [
            example(item, material, parts=(), is_reported=False) for item in mute
        ]
    if name is WeightSet.WRITTEN:
        return [example(item, material, parts=_written_for(item)) for item in interviews] + [
            example(item, material, parts=_written_for(item), is_reported=False) for item in mute
        ]
    if name is WeightSet.REVIEWED:
        return (
            [example(item, material, parts=["reviewed"]) for item in interviews]
            + [example(item, material, parts=["reviewed"], is_reported=False) for item in mute]
            + [example(item, material, parts=["reviewed", "written"], is_reported=False) for item in invented]
        )
    twice = [*invented, *real]
    return (
        [example(item, material, parts=["markers"], seed=MARKER_SEEDS[0]) for item in interviews]
        + [example(item, material, parts=["markers"], seed=seed) for item in twice for seed in MARKER_SEEDS[1:]]
        + [example(item, material, parts=["markers"], seed=2, is_reported=False) for item in mute if item.kind != OTHER]
        + [example(item, material, parts=["markers", "reviewed"], seed=3, is_reported=False) for item in twice]
    )


def _written_for(item: Labelled) -> list[str]:
    return ["written"] if item.kind == "invented" else []


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the weights of the mapping.")
    parser.add_argument("--cross-validate", action="store_true", help="hold interviews out and report; keep nothing")
    parser.add_argument("--by-schedule", action="store_true", help="the same, holding out whole schedules")
    parser.add_argument("--sets", nargs="*", default=[item.value for item in FITTED_SETS], help="which sets of weights")
    parser.add_argument("--without", nargs="*", default=[], help="features to leave out, such as about.window")
    parser.add_argument("--data", type=Path, help="a folder like tests/data/mapping")
    options = parser.parse_args()
    material = read_material(options.data)
    for name in [WeightSet(value) for value in options.sets]:
        pull = pull_of(name)
        learned = read_examples(name, examples(name, material), without=options.without)
        rows = cross_validate(learned, pull, BY_SCHEDULE if options.by_schedule else HELD_OUT)
        report(name, rows)
        if not (options.cross_validate or options.by_schedule):
            temperature = fit_temperature([item for _, judged in rows for item in judged])
            keep(name, fit([item.lesson for item in learned], rounds=ROUNDS, pull=pull) | {"temperature": temperature})


@dataclass(frozen=True)
class Learned:
    example: Example
    lesson: Lesson
    features: Features
    seconds: FloatArray


def pull_of(name: WeightSet) -> float:
    return PULLS.get(name, USUAL_PULL)


def read_examples(name: WeightSet, found: Sequence[Example], *, without: Sequence[str] = ()) -> list[Learned]:
    """`without`: features that are given no weight, such as “about.window”."""
    similarity = load_similarity()
    learned = []
    for item in found:
        reading, features = read_all(item.given, similarity)
        for unwanted in [*without, LAST_MARKER] if name is WeightSet.REVIEWED else [*without, LAST_MARKER, SUBJECT]:
            part, feature = unwanted.split(".", 1)
            getattr(features, part).pop(feature, None)
        keys: list[str | None] = [*(question.key for question in reading.questions), None]
        truth = [keys.index(key) for key in item.labelled.truth]
        seconds = reading.conversation.seconds
        counts = OTHERS_COUNT if item.labelled.kind == OTHER else 1.0
        learned.append(Learned(item, lesson(item.name, features, seconds, truth, counts=counts), features, seconds))
    return learned


def cross_validate(
    learned: Sequence[Learned], pull: float, held_out: Sequence[Sequence[str]] = HELD_OUT
) -> list[tuple[Labelled, list[Judged]]]:
    """What each interview gets from weights that were fitted without it, and without those held out beside it."""
    with get_context("fork").Pool(2) as pool:
        found = pool.map(_held_out, [(learned, names, pull) for names in held_out], chunksize=1)
    return [row for rows in found for row in rows]


def _held_out(task: tuple[Sequence[Learned], Sequence[str], float]) -> list[tuple[Labelled, list[Judged]]]:
    learned, names, pull = task
    torch.set_num_threads(1)
    out = [item for item in learned if item.example.name.startswith(tuple(names))]
    if not out:
        return []
    weights = fit(
        [item.lesson for item in learned if not any(item is other for other in out)], rounds=ROUNDS, pull=pull
    )
    return [(item.example.labelled, _judged(item, weights)) for item in out if item.example.is_reported]


def _judged(item: Learned, weights: dict[str, float]) -> list[Judged]:
    found = posteriors(item.features, item.seconds, weights)
    labelled = item.example.labelled
    keys: list[str | None] = [*(question.key for question in labelled.schedule.questions()), None]
    got = [keys[row.argmax()] for row in found]
    return judge(labelled.segments, labelled.truth, got, [float(row.max()) for row in found])


def cool(sure: Any, temperature: float) -> Any:
    """Chances with their log-odds divided by the temperature."""
    held = np.clip(sure, 1e-6, 1 - 1e-6)
    return 1 / (1 + np.exp(-np.log(held / (1 - held)) / temperature))


def fit_temperature(judged: Sequence[Judged]) -> float:
    """What the log-odds of held-out confidences are divided by to be most likely. Weighted by seconds."""
    sure = np.array([item.confidence for item in judged])
    right = np.array([item.right for item in judged])
    seconds = np.array([item.seconds for item in judged])

    def unlikelihood(temperature: float) -> float:
        chance = cool(sure, temperature)
        return -float(seconds @ np.log(np.where(right, chance, 1 - chance)))

    return float(min(TEMPERATURES, key=unlikelihood))


def report(name: WeightSet, rows: Sequence[tuple[Labelled, list[Judged]]]) -> None:
    print(name.value, {item.name: round(right(judged), 3) for item, judged in rows})
    for kind, figure in mean_right(rows).items():
        print(f"  held out, {kind}: {figure:.3f}")
    judged = [item for _, items in rows for item in items]
    temperature = fit_temperature(judged)
    cooled = [replace(item, confidence=cool(item.confidence, temperature)) for item in judged]
    print(f"  at the temperature {temperature:.1f}, which is fitted to the same:")
    for low, said, share_right, share in reliability(cooled):
        print(f"    from {low:.2f}  said {said:.3f}  right {share_right:.3f}  of the time {share:.3f}", flush=True)


def mean_right(rows: Sequence[tuple[Labelled, list[Judged]]]) -> dict[str, float]:
    """For each kind of material, the mean of its interviews in all the ways they were given."""
    found: dict[str, list[float]] = {}
    for item, judged in rows:
        found.setdefault(item.kind, []).append(right(judged))
    return {kind: float(np.mean(figures)) for kind, figures in found.items()}


def right(judged: Sequence[Judged]) -> float:
    return sum(item.seconds for item in judged if item.right) / sum(item.seconds for item in judged)


def keep(name: WeightSet, weights: dict[str, float]) -> None:
    kept = json.loads(FITTED.read_text(encoding="utf-8")) if FITTED.is_file() else {}
    kept[name.value] = {key: round(value, 4) for key, value in sorted(weights.items())}
    if name is WeightSet.MARKERS:
        kept[WeightSet.MARKED_MEETING.value] = kept[name.value] | {LAST_MARKER: LAST_MARKER_WEIGHT}
    FITTED.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(f"kept the weights “{name.value}”")


if __name__ == "__main__":
    main()
