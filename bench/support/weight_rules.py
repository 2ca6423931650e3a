"""Choices about weights that are not fitted: features left out, regularisation, how sets of weights are blended."""

from collections.abc import Mapping

import numpy as np

from bench.support.examples import MISSED_SHARE_IN_TRAINING
from bench.support.labelled_interviews import MISSED_SHARE
from transcripts.mapping.feature_weights import AskingStyle, WeightSet, load_weights

FREE_ORDER_BONUS = (
    2.0  # added to the chance of meetings in any order: likelihood makes too much of order (0.70 in it, 0.52 out of it)
)
LAST_MARKER = "about.last marker"  # counts only where many talk for long under one heading, and by hand: not fitted
LAST_MARKER_WEIGHT = 0.4  # the least, by tenths, with which marked meetings get what the last marker alone gets: 0.87
SUBJECT = "about.subject"  # held out, only interviews with reviewed ones beside them gained by it
FLOW = ("opening.continues", "opening.cohesion")  # with markers, they outweighed a tap on the very asking
REGULARISATION = {
    WeightSet.MARKERS: 0.3,  # held out, they gained three points from a strong regularisation
    WeightSet.MEETING: 0.02,
    WeightSet.REVIEWED: 0.2,
    WeightSet.WRITTEN: 0.2,
}
DEFAULT_REGULARISATION = 0.1
OTHER_COUNT = 0.3  # they are short, and their questions change fast
LONGER_COUNTS = {
    AskingStyle.FREE: 1.0,
    AskingStyle.SCRIPTED: 0.3,
}  # with more, real ones held out fell from 0.93 to 0.84
FEWER_LONGER = {
    WeightSet.WRITTEN: 0.2,  # counted fully: longer calls 0.70 rather than 0.69, but invented 0.77, not 0.79
    WeightSet.MARKERS: 0.3,  # a guess: counted fully, real ones fell from 0.97 to 0.93
}


WEAKER_ORDER = {  # of calls never seen, most interviews jump; the likelihood of those at hand makes too much of order
    WeightSet.COLD: {"free": 2.0, "opening.always": 0.4},
}
MIN_TEMPERATURE = {WeightSet.COLD: 2.0}  # what interviews of calls never seen need; those at hand are easier


def weaken_order(name: WeightSet, weights: Mapping[str, float]) -> dict[str, float]:
    return {key: value + WEAKER_ORDER.get(name, {}).get(key, 0.0) for key, value in weights.items()}


WRITTEN_WITH_MARKERS = 0.3  # of what written answers count for without markers; from 0.5 on, the small model lost


def add_written_answers(markers: Mapping[str, float], written: Mapping[str, float]) -> dict[str, float]:
    """Marked interviews are fitted without written answers, but those of a call are not ignored there."""
    answers = {key: value for key, value in written.items() if key.startswith("about.written")}
    return {**markers, **{key: WRITTEN_WITH_MARKERS * value for key, value in answers.items()}}


def get_regularisation(name: WeightSet) -> float:
    return REGULARISATION.get(name, DEFAULT_REGULARISATION)


def list_unfitted_features(name: WeightSet) -> list[str]:
    """Features without a weight in that setting."""
    subject = [] if name is WeightSet.REVIEWED else [SUBJECT]
    return [LAST_MARKER, *subject, *(FLOW if name is WeightSet.MARKERS else ())]


def average_weights(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """The mean of two sets of weights; a missing weight counts as 0."""
    return {name: (one.get(name, 0.0) + other.get(name, 0.0)) / 2 for name in {*one, *other}}


def restore_marker_rates(weights: Mapping[str, float]) -> dict[str, float]:
    """Correct for training examples with more missing markers than usual: both rates are known."""
    return {
        **weights,
        "marker.missing": weights["marker.missing"] + float(np.log(MISSED_SHARE / MISSED_SHARE_IN_TRAINING)),
        "marker.taken": weights["marker.taken"] + float(np.log((1 - MISSED_SHARE) / (1 - MISSED_SHARE_IN_TRAINING))),
    }


def blend_meeting_weights(
    name: WeightSet, found: dict[AskingStyle, dict[str, float]]
) -> dict[AskingStyle, dict[str, float]]:
    """There are few meetings, so fits differ: the mean with the shipped weights is more accurate."""
    if name is not WeightSet.MEETING:
        return found
    return {style: average_weights(weights, load_weights(name)) for style, weights in found.items()}
