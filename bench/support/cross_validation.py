"""Fit weights for each style of asking, and judge interviews with weights that were fitted without them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Any

import numpy as np
import torch

from bench.support.examples import LONGER, OTHER, Example
from bench.support.labelled_interviews import LabelledInterview
from bench.support.measures import JudgedSegment, judge_segments
from bench.support.random_field import fit
from bench.support.random_field_batch import TrainingExample, make_training_example
from bench.support.weight_rules import (
    FEWER_LONGER,
    FREE_ORDER_BONUS,
    LONGER_COUNTS,
    OTHER_COUNT,
    average_weights,
    list_unfitted_features,
    restore_marker_rates,
    weaken_order,
)
from transcripts.mapping.arrays import FloatArray
from transcripts.mapping.feature_weights import AskingStyle, WeightSet
from transcripts.mapping.features import Features
from transcripts.mapping.interview_mapper import MIN_SCRIPT_ADHERENCE, build_features, compute_posteriors
from transcripts.mapping.similarity import Similarity

ROUNDS = 35
MEETING_ROUNDS = 80
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
BY_SCHEDULE = (("iv",), ("P", *OTHER_CALLS[0]), *OTHER_CALLS[1:])  # nothing of the same schedule is learned
SHARPNESS = 6.0  # how quickly the share of a style grows with how closely askings keep to the wording
MIN_SHARE = 0.15  # an interview that belongs to a style less than this teaches it nothing
TEMPERATURES = np.arange(1.0, 4.05, 0.1)


@dataclass(frozen=True)
class TrainedInterview:
    name: WeightSet
    example: Example
    training_example: TrainingExample
    features: Features
    seconds: FloatArray
    script_adherence: float  # how closely its questions follow the schedule

    @property
    def style(self) -> AskingStyle:
        return AskingStyle.SCRIPTED if self.script_adherence > MIN_SCRIPT_ADHERENCE else AskingStyle.FREE

    def share_of(self, style: AskingStyle) -> float:
        """How much the interview counts for a style, 0..1. Meetings count only for the free style."""
        if self.example.labelled.kind == "meeting":
            return float(style is AskingStyle.FREE)
        sign = 1.0 if style is AskingStyle.SCRIPTED else -1.0
        return float(1.0 / (1.0 + np.exp(-SHARPNESS * sign * (self.script_adherence - MIN_SCRIPT_ADHERENCE))))


@dataclass(frozen=True)
class HeldOut:
    """The result for an interview with weights fitted without it."""

    labelled: LabelledInterview
    style: AskingStyle
    judged: list[JudgedSegment]


def read_examples(
    name: WeightSet, found: Sequence[Example], similarity: Similarity, *, without: Sequence[str] = ()
) -> list[TrainedInterview]:
    """`without`: features without a weight, such as “about.window”."""
    interviews = []
    for item in found:
        reading, features = build_features(item.mapping_input, similarity)
        for unwanted in [*without, *list_unfitted_features(name)]:
            part, feature = unwanted.split(".", 1)
            getattr(features, part).pop(feature, None)
        keys: list[str | None] = [*(question.key for question in reading.questions), None]
        truth = [keys.index(key) for key in item.labelled.truth]
        seconds = reading.conversation.seconds
        interviews.append(
            TrainedInterview(
                name,
                item,
                make_training_example(item.name, features, seconds, truth),
                features,
                seconds,
                reading.script_adherence,
            )
        )
    return interviews


def fit_styles(interviews: Sequence[TrainedInterview], regularisation: float) -> dict[AskingStyle, dict[str, float]]:
    """Weights for each style with training examples."""
    training = [item for item in interviews if item.example.is_for_training]
    name = training[0].name
    if name is WeightSet.MEETING:
        weights = fit(
            select_for_style(training, AskingStyle.FREE), rounds=MEETING_ROUNDS, regularisation=regularisation
        )
        return {AskingStyle.FREE: {**weights, "free": weights["free"] + FREE_ORDER_BONUS}}
    shared = {style: select_for_style(training, style) for style in AskingStyle}
    found = {
        style: fit(examples, rounds=ROUNDS, regularisation=regularisation)
        for style, examples in shared.items()
        if examples
    }
    if name is not WeightSet.MARKERS:
        return {style: weaken_order(name, weights) for style, weights in found.items()}
    of_all = fit(select_for_both_styles(training), rounds=ROUNDS, regularisation=regularisation)
    return {style: restore_marker_rates(average_weights(weights, of_all)) for style, weights in found.items()}


def select_for_style(interviews: Sequence[TrainedInterview], style: AskingStyle) -> list[TrainingExample]:
    return [
        replace(item.training_example, weight=item.share_of(style) * _weigh(item, style))
        for item in interviews
        if item.share_of(style) > MIN_SHARE
    ]


def select_for_both_styles(interviews: Sequence[TrainedInterview]) -> list[TrainingExample]:
    return [replace(item.training_example, weight=_weigh(item, AskingStyle.FREE)) for item in interviews]


def _weigh(item: TrainedInterview, style: AskingStyle) -> float:
    kind = item.example.labelled.kind
    if kind == LONGER:
        return min(LONGER_COUNTS[style], FEWER_LONGER.get(item.name, 1.0))
    return OTHER_COUNT if kind == OTHER else 1.0


def cross_validate(
    interviews: Sequence[TrainedInterview], regularisation: float, held_out: Sequence[Sequence[str]] = HELD_OUT
) -> list[HeldOut]:
    """Each interview's result with weights fitted without it and those held out with it."""
    with get_context("fork").Pool(2) as pool:
        found = pool.map(_evaluate_held_out, [(interviews, names, regularisation) for names in held_out], chunksize=1)
    return [one for several in found for one in several]


def _evaluate_held_out(task: tuple[Sequence[TrainedInterview], Sequence[str], float]) -> list[HeldOut]:
    interviews, names, regularisation = task
    torch.set_num_threads(1)
    out = [item for item in interviews if item.example.name.startswith(tuple(names))]
    if not out:
        return []
    weights = fit_styles([item for item in interviews if not any(item is other for other in out)], regularisation)
    return [
        HeldOut(item.example.labelled, item.style, _judge(item, weights.get(item.style, weights[AskingStyle.FREE])))
        for item in out
        if item.example.is_reported
    ]


def _judge(item: TrainedInterview, weights: dict[str, float]) -> list[JudgedSegment]:
    found = compute_posteriors(item.features, item.seconds, weights)
    labelled = item.example.labelled
    keys: list[str | None] = [*(question.key for question in labelled.schedule.iter_questions()), None]
    got = [keys[row.argmax()] for row in found]
    return judge_segments(labelled.segments, labelled.truth, got, [float(row.max()) for row in found])


def apply_temperature(probabilities: Any, temperature: float) -> Any:
    """Divide the log-odds of probabilities by the temperature."""
    clipped = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return 1 / (1 + np.exp(-np.log(clipped / (1 - clipped)) / temperature))


def fit_temperature(judged: Sequence[JudgedSegment]) -> float:
    """The temperature with the highest likelihood on held-out confidences, weighted by seconds."""
    sure = np.array([item.confidence for item in judged])
    right = np.array([item.is_right for item in judged])
    seconds = np.array([item.seconds for item in judged])

    def unlikelihood(temperature: float) -> float:
        chance = apply_temperature(sure, temperature)
        return -float(seconds @ np.log(np.where(right, chance, 1 - chance)))

    return float(min(TEMPERATURES, key=unlikelihood))


def mean_accuracy(held_out: Sequence[HeldOut]) -> dict[str, float]:
    """For each kind of material, the mean over its interviews in all settings."""
    accuracies: dict[str, list[float]] = {}
    for one in held_out:
        accuracies.setdefault(one.labelled.kind, []).append(calculate_share_right(one.judged))
    return {kind: float(np.mean(figures)) for kind, figures in accuracies.items()}


def calculate_share_right(judged: Sequence[JudgedSegment]) -> float:
    return sum(item.seconds for item in judged if item.is_right) / sum(item.seconds for item in judged)
