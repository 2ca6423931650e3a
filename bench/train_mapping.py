"""Fit transcripts/mapping/weights.json on labelled interviews, and say what that is worth on those held out.

One set of weights for each setting, since a figure counts for less where a stronger one is at hand, and for each manner
of asking: interviews between the two manners teach both, each as much as it belongs there. Held out is always a whole
interview, in every setting it occurs in; for meetings, all meetings of one kind; for other calls, all interviews of
one schedule.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bench.examples import LONGER, MISSED_IN_LESSONS, OTHER, Example, examples
from bench.field import Lesson, fit, lesson
from bench.labelled import MISSED, Labelled, read_material
from bench.measures import Judged, judge, reliability
from transcripts.mapping.arrays import FloatArray
from transcripts.mapping.features import Features
from transcripts.mapping.interviews import READ_OUT, posteriors, read_all
from transcripts.mapping.similarity import Similarity, load_similarity
from transcripts.mapping.weights import FITTED, Manner, WeightSet, fitted_weights

ROUNDS = 35
ROUNDS_OF_MEETINGS = 80
FREER = (
    2.0  # added to the chance of meetings in any order: likelihood makes too much of order (0.70 in it, 0.52 out of it)
)
FITTED_SETS = [item for item in WeightSet if item is not WeightSet.MARKED_MEETING]
OTHER_CALLS = (
    ("cash", "coast", "buses"),
    ("cancer", "hips", "maps", "archive"),
    ("courts", "dementia", "lifts", "floods"),
    ("damp", "farms", "maternity", "home", "software"),
    ("english", "hearing", "meals", "minds", "young"),
)
HELD_OUT = tuple(
    (*names, *calls)
    for names, calls in zip(
        (("iv01", "P1", "ES"), ("iv03", "P3", "TS"), ("iv06", "P5", "covid"), ("iv08", "education"), ("iv11",)),
        OTHER_CALLS,
        strict=True,
    )
)
BY_SCHEDULE = (("iv",), ("P", *OTHER_CALLS[0]), *OTHER_CALLS[1:])  # nothing of the same schedule is learned from
OTHER_COUNT = 0.3  # they are short, and their questions change fast
LONGER_COUNTS = {Manner.FREE: 1.0, Manner.AS_WRITTEN: 0.3}  # with more, real ones held out fell from 0.93 to 0.84
FEWER_LONGER = {
    WeightSet.WRITTEN: 0.2,  # counted fully: longer calls 0.70 rather than 0.69, but invented 0.77, not 0.79
    WeightSet.MARKERS: 0.3,  # a guess: counted fully, real ones fell from 0.97 to 0.93
}
SHARPNESS = 6.0  # how quickly the share of a manner grows with how closely askings keep to the wording
LEAST_SHARE = 0.15  # an interview that belongs to a manner less than this teaches it nothing
PULLS = {
    WeightSet.MARKERS: 0.3,  # held out, they gained three points from a strong pull
    WeightSet.MEETING: 0.02,
    WeightSet.REVIEWED: 0.2,
    WeightSet.WRITTEN: 0.2,
}
USUAL_PULL = 0.1
LAST_MARKER = "about.last marker"  # counts only where many talk for long under one heading, and by hand: not fitted
LAST_MARKER_WEIGHT = 0.4  # the least, by tenths, with which marked meetings get what the last marker alone gets: 0.87
SUBJECT = "about.subject"  # held out, only interviews with reviewed ones beside them gained by it
FLOW = ("opening.continues", "opening.cohesion")  # with markers, they outweighed a tap on the very asking
TEMPERATURES = np.arange(1.0, 4.05, 0.1)
MORE_CAUTIOUS = {WeightSet.COLD: 0.1}  # than the likeliest: what is sure is right in 94 of 100, not in 93


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
        held_out = cross_validate(learned, pull, BY_SCHEDULE if options.by_schedule else HELD_OUT)
        report(name, held_out)
        if not (options.cross_validate or options.by_schedule):
            for manner, weights in to_ship(name, fit_manners(learned, pull)).items():
                judged = [judged for one in held_out if one.manner is manner for judged in one.judged]
                temperature = fit_temperature(judged) + MORE_CAUTIOUS.get(name, 0.0)
                keep(name, manner, weights | {"temperature": temperature})


def to_ship(name: WeightSet, found: dict[Manner, dict[str, float]]) -> dict[Manner, dict[str, float]]:
    """Meetings are few, and two fits on them differ; halfway to the weights that ship, more is right."""
    if name is not WeightSet.MEETING:
        return found
    return {manner: halfway(weights, fitted_weights(name)) for manner, weights in found.items()}


@dataclass(frozen=True)
class Learned:
    name: WeightSet
    example: Example
    lesson: Lesson
    features: Features
    seconds: FloatArray
    as_written: float  # how closely the askings keep to the wording

    @property
    def manner(self) -> Manner:
        return Manner.AS_WRITTEN if self.as_written > READ_OUT else Manner.FREE

    def share_of(self, manner: Manner) -> float:
        """How much the interview belongs to a manner, from 0 to 1. A meeting belongs to the free one alone."""
        if self.example.labelled.kind == "meeting":
            return float(manner is Manner.FREE)
        way = 1.0 if manner is Manner.AS_WRITTEN else -1.0
        return float(1.0 / (1.0 + np.exp(-SHARPNESS * way * (self.as_written - READ_OUT))))


@dataclass(frozen=True)
class HeldOut:
    """What an interview gets from weights that were fitted without it."""

    labelled: Labelled
    manner: Manner
    judged: list[Judged]


def pull_of(name: WeightSet) -> float:
    return PULLS.get(name, USUAL_PULL)


def read_examples(name: WeightSet, found: Sequence[Example], *, without: Sequence[str] = ()) -> list[Learned]:
    """`without`: features that are given no weight, such as “about.window”."""
    similarity = _similarity()
    learned = []
    for item in found:
        reading, features = read_all(item.given, similarity)
        for unwanted in [*without, *unfitted(name)]:
            part, feature = unwanted.split(".", 1)
            getattr(features, part).pop(feature, None)
        keys: list[str | None] = [*(question.key for question in reading.questions), None]
        truth = [keys.index(key) for key in item.labelled.truth]
        seconds = reading.conversation.seconds
        learned.append(
            Learned(name, item, lesson(item.name, features, seconds, truth), features, seconds, reading.as_written)
        )
    return learned


def unfitted(name: WeightSet) -> list[str]:
    """Features that are given no weight in that setting."""
    subject = [] if name is WeightSet.REVIEWED else [SUBJECT]
    return [LAST_MARKER, *subject, *(FLOW if name is WeightSet.MARKERS else ())]


@cache
def _similarity() -> Similarity:
    """Loaded once: it remembers what it has embedded."""
    return load_similarity()


def fit_manners(learned: Sequence[Learned], pull: float) -> dict[Manner, dict[str, float]]:
    """Weights for each manner that anything was learned from."""
    teaching = [item for item in learned if item.example.teaches]
    name = teaching[0].name
    if name is WeightSet.MEETING:
        weights = fit(lessons_of(teaching, Manner.FREE), rounds=ROUNDS_OF_MEETINGS, pull=pull)
        return {Manner.FREE: {**weights, "free": weights["free"] + FREER}}
    shared = {manner: lessons_of(teaching, manner) for manner in Manner}
    found = {manner: fit(lessons, rounds=ROUNDS, pull=pull) for manner, lessons in shared.items() if lessons}
    if name is not WeightSet.MARKERS:
        return found
    of_all = fit(lessons_of_both(teaching), rounds=ROUNDS, pull=pull)
    return {manner: with_usual_markers(halfway(weights, of_all)) for manner, weights in found.items()}


def lessons_of(learned: Sequence[Learned], manner: Manner) -> list[Lesson]:
    return [
        replace(item.lesson, counts=item.share_of(manner) * _counts(item, manner))
        for item in learned
        if item.share_of(manner) > LEAST_SHARE
    ]


def lessons_of_both(learned: Sequence[Learned]) -> list[Lesson]:
    """Every interview, whatever its manner."""
    return [replace(item.lesson, counts=_counts(item, Manner.FREE)) for item in learned]


def halfway(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """The mean of two sets of weights; what one of them lacks counts nothing there."""
    return {name: (one.get(name, 0.0) + other.get(name, 0.0)) / 2 for name in {*one, *other}}


def with_usual_markers(weights: Mapping[str, float]) -> dict[str, float]:
    """As many markers missing as usual, after lessons in which more were: both chances are known beforehand."""
    return {
        **weights,
        "marker.missing": weights["marker.missing"] + float(np.log(MISSED / MISSED_IN_LESSONS)),
        "marker.taken": weights["marker.taken"] + float(np.log((1 - MISSED) / (1 - MISSED_IN_LESSONS))),
    }


def _counts(item: Learned, manner: Manner) -> float:
    kind = item.example.labelled.kind
    if kind == LONGER:
        return min(LONGER_COUNTS[manner], FEWER_LONGER.get(item.name, 1.0))
    return OTHER_COUNT if kind == OTHER else 1.0


def cross_validate(
    learned: Sequence[Learned], pull: float, held_out: Sequence[Sequence[str]] = HELD_OUT
) -> list[HeldOut]:
    """What each interview gets from weights that were fitted without it, and without those held out beside it."""
    with get_context("fork").Pool(2) as pool:
        found = pool.map(_held_out, [(learned, names, pull) for names in held_out], chunksize=1)
    return [one for several in found for one in several]


def _held_out(task: tuple[Sequence[Learned], Sequence[str], float]) -> list[HeldOut]:
    learned, names, pull = task
    torch.set_num_threads(1)
    out = [item for item in learned if item.example.name.startswith(tuple(names))]
    if not out:
        return []
    weights = fit_manners([item for item in learned if not any(item is other for other in out)], pull)
    return [
        HeldOut(item.example.labelled, item.manner, _judged(item, weights.get(item.manner, weights[Manner.FREE])))
        for item in out
        if item.example.is_reported
    ]


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


def report(name: WeightSet, held_out: Sequence[HeldOut]) -> None:
    print(name.value, {one.labelled.name: round(right(one.judged), 3) for one in held_out})
    for kind, figure in mean_right(held_out).items():
        print(f"  held out, {kind}: {figure:.3f}")
    for title, some in (("all", held_out), ("interviews of the two calls", _of_two_calls(held_out))):
        judged = [cooled for manner in Manner for cooled in _cooled(some, held_out, manner)]
        if judged:
            print(f"  at the temperatures, which are fitted to the same, {title}:")
            for low, said, share_right, share in reliability(judged):
                print(
                    f"    from {low:.2f}  said {said:.3f}  right {share_right:.3f}  of the time {share:.3f}", flush=True
                )


def _of_two_calls(held_out: Sequence[HeldOut]) -> list[HeldOut]:
    return [one for one in held_out if one.labelled.kind in ("invented", "real")]


def _cooled(some: Sequence[HeldOut], held_out: Sequence[HeldOut], manner: Manner) -> list[Judged]:
    """The judged segments of some, at the temperature of all of that manner."""
    of_manner = [judged for one in held_out if one.manner is manner for judged in one.judged]
    temperature = fit_temperature(of_manner) if of_manner else 1.0
    judged = [judged for one in some if one.manner is manner for judged in one.judged]
    return [replace(item, confidence=cool(item.confidence, temperature)) for item in judged]


def mean_right(held_out: Sequence[HeldOut]) -> dict[str, float]:
    """For each kind of material, the mean of its interviews in all the ways they were given."""
    found: dict[str, list[float]] = {}
    for one in held_out:
        found.setdefault(one.labelled.kind, []).append(right(one.judged))
    return {kind: float(np.mean(figures)) for kind, figures in found.items()}


def right(judged: Sequence[Judged]) -> float:
    return sum(item.seconds for item in judged if item.right) / sum(item.seconds for item in judged)


def keep(name: WeightSet, manner: Manner, weights: dict[str, float]) -> None:
    kept = json.loads(FITTED.read_text(encoding="utf-8")) if FITTED.is_file() else {}
    rounded = {key: round(value, 4) for key, value in sorted(weights.items())}
    kept.setdefault(name.value, {})[manner.value] = rounded
    if name is WeightSet.MARKERS and manner is Manner.FREE:
        kept[WeightSet.MARKED_MEETING.value] = {manner.value: rounded | {LAST_MARKER: LAST_MARKER_WEIGHT}}
    FITTED.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(f"kept the weights “{name.value}, {manner.value}”")


if __name__ == "__main__":
    main()
