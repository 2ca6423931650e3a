"""Fit transcripts/mapping/weights.json on labelled interviews; with --cross-validate, only say what that is worth.

One set of weights for each setting, since a figure counts for less where a stronger one is at hand. Held out is
always a whole interview, in every setting it occurs in; for meetings, all meetings of one kind.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

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
HELD_OUT = (("iv01", "P1", "ES"), ("iv03", "P3", "TS"), ("iv06", "P5", "covid"), ("iv08", "education"), ("iv11",))
PULLS = {WeightSet.MARKERS: 0.3, WeightSet.MEETING: 0.02}  # held-out markers gained three points from a strong pull
USUAL_PULL = 0.1
SUBJECT = "about.subject"  # held out, only interviews with reviewed ones beside them gained by it
TEMPERATURES = np.arange(1.0, 4.05, 0.1)
MARKER_SEEDS = (0, 1)


@dataclass(frozen=True)
class Example:
    """One interview in one setting, with what the mapping is given."""

    name: str
    labelled: Labelled
    given: MappingInput
    counts: bool  # whether its accuracy is reported, or it only teaches


def example(item: Labelled, material: Material, *, parts: Sequence[str], seed: int = 0, counts: bool = True) -> Example:
    given = MappingInput(
        segments=item.segments,
        schedule=item.schedule,
        written=material.written if "written" in parts else (),
        reviewed=tuple(others(item, material)) if "reviewed" in parts else (),
        markers=markers_for(item, seed) if "markers" in parts else (),
        language="en",
    )
    return Example(item.name, item, given, counts)


def examples(name: WeightSet, material: Material) -> list[Example]:
    invented, real, meetings = (material.of_kind(kind) for kind in ("invented", "real", "meeting"))
    interviews = [*invented, *real]
    mute = [without_speakers(item) for item in interviews if item.segments[0].speaker]
    if name is WeightSet.MEETING:
        return [example(item, material, parts=()) for item in meetings] + [
            example(shuffled(item, 0), material, parts=(), counts=False) for item in meetings
        ]
    if name is WeightSet.COLD:
        return [example(item, material, parts=()) for item in interviews] + [
            example(item, material, parts=(), counts=False) for item in mute
        ]
    if name is WeightSet.WRITTEN:
        return [example(item, material, parts=["written"]) for item in invented] + [
            example(item, material, parts=["written"], counts=False) for item in mute if item.kind == "invented"
        ]
    if name is WeightSet.REVIEWED:
        return (
            [example(item, material, parts=["reviewed"]) for item in interviews]
            + [example(item, material, parts=["reviewed"], counts=False) for item in mute]
            + [example(item, material, parts=["reviewed", "written"], counts=False) for item in invented]
        )
    return (
        [example(item, material, parts=["markers"], seed=seed) for item in interviews for seed in MARKER_SEEDS]
        + [example(item, material, parts=["markers"], seed=2, counts=False) for item in mute]
        + [example(item, material, parts=["markers", "reviewed"], seed=3, counts=False) for item in interviews]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the weights of the mapping.")
    parser.add_argument("--cross-validate", action="store_true", help="hold interviews out and report; write nothing")
    parser.add_argument("--sets", nargs="*", default=[item.value for item in WeightSet], help="which sets of weights")
    parser.add_argument("--without", nargs="*", default=[], help="features to leave out, such as about.window")
    parser.add_argument("--data", type=Path, help="a folder like tests/data/mapping")
    options = parser.parse_args()
    material = read_material(options.data)
    for name in [WeightSet(value) for value in options.sets]:
        pull = pull_of(name)
        learned = read_examples(name, examples(name, material), without=options.without)
        if options.cross_validate:
            report(name, cross_validate(learned, pull))
        else:
            temperature = fit_temperature([item for _, rows in cross_validate(learned, pull) for item in rows])
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
        for unwanted in without if name is WeightSet.REVIEWED else [*without, SUBJECT]:
            part, feature = unwanted.split(".", 1)
            getattr(features, part).pop(feature, None)
        keys: list[str | None] = [*(question.key for question in reading.questions), None]
        truth = [keys.index(key) for key in item.labelled.truth]
        seconds = reading.conversation.seconds
        learned.append(Learned(item, lesson(item.name, features, seconds, truth, len(keys) - 1), features, seconds))
    return learned


def cross_validate(learned: Sequence[Learned], pull: float) -> list[tuple[str, list[Judged]]]:
    """What each interview gets from weights that were fitted without it."""
    with get_context("fork").Pool(2) as pool:
        found = pool.map(_held_out, [(learned, names, pull) for names in HELD_OUT], chunksize=1)
    return [row for rows in found for row in rows]


def _held_out(task: tuple[Sequence[Learned], Sequence[str], float]) -> list[tuple[str, list[Judged]]]:
    learned, names, pull = task
    torch.set_num_threads(1)
    out = [item for item in learned if item.example.name.startswith(tuple(names))]
    if not out:
        return []
    weights = fit(
        [item.lesson for item in learned if not any(item is other for other in out)], rounds=ROUNDS, pull=pull
    )
    return [(item.example.name, _judged(item, weights)) for item in out if item.example.counts]


def _judged(item: Learned, weights: dict[str, float]) -> list[Judged]:
    found = posteriors(item.features, item.seconds, weights)
    labelled = item.example.labelled
    keys: list[str | None] = [*(question.key for question in labelled.schedule.questions()), None]
    got = [keys[row.argmax()] for row in found]
    return judge(labelled.segments, labelled.truth, got, [float(row.max()) for row in found])


def fit_temperature(judged: Sequence[Judged]) -> float:
    """What the log-odds of held-out confidences are divided by to be most likely. Weighted by seconds."""
    sure = np.clip([item.confidence for item in judged], 1e-6, 1 - 1e-6)
    right = np.array([item.right for item in judged])
    seconds = np.array([item.seconds for item in judged])

    def unlikelihood(temperature: float) -> float:
        chance = 1 / (1 + np.exp(-np.log(sure / (1 - sure)) / temperature))
        return -float(seconds @ np.log(np.where(right, chance, 1 - chance)))

    return float(min(TEMPERATURES, key=unlikelihood))


def report(name: WeightSet, rows: Sequence[tuple[str, list[Judged]]]) -> None:
    accuracy: dict[str, list[float]] = {}
    for interview, judged in rows:
        accuracy.setdefault(interview, []).append(right(judged))
    print(name.value, {k: round(float(np.mean(v)), 3) for k, v in sorted(accuracy.items())})
    for kind in ("iv", "P", ""):
        chosen = [float(np.mean(v)) for k, v in accuracy.items() if k.startswith(kind)]
        if chosen:
            print(f"  held out, {kind or 'all'}: {np.mean(chosen):.3f}")
    for low, said, share_right, share in reliability([item for _, judged in rows for item in judged]):
        print(f"    from {low:.2f}  said {said:.3f}  right {share_right:.3f}  of the time {share:.3f}", flush=True)


def right(judged: Sequence[Judged]) -> float:
    return sum(item.seconds for item in judged if item.right) / sum(item.seconds for item in judged)


def keep(name: WeightSet, weights: dict[str, float]) -> None:
    kept = json.loads(FITTED.read_text(encoding="utf-8")) if FITTED.is_file() else {}
    kept[name.value] = {key: round(value, 4) for key, value in sorted(weights.items())}
    FITTED.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(f"kept the weights “{name.value}”")


if __name__ == "__main__":
    main()
