"""Fit transcripts/mapping/weights.json on labelled interviews, and report the accuracy on held-out ones.

There is one set of weights for each setting and each style of asking: interviews between the two styles count for both.
Whole interviews are held out, in every setting; for meetings, all meetings of one kind; for other calls, all interviews
of one schedule.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.support.cross_validation import (
    BY_SCHEDULE,
    HELD_OUT,
    HeldOut,
    apply_temperature,
    calculate_share_right,
    cross_validate,
    fit_styles,
    fit_temperature,
    mean_accuracy,
    read_examples,
)
from bench.support.examples import make_examples
from bench.support.labelled_interviews import read_material
from bench.support.measures import JudgedSegment, reliability_bins
from bench.support.stored_vectors import add_model_options, load_measured_model
from bench.support.weight_rules import (
    LAST_MARKER,
    LAST_MARKER_WEIGHT,
    MIN_TEMPERATURE,
    add_written_answers,
    blend_meeting_weights,
    get_regularisation,
)
from transcripts.mapping.feature_weights import WEIGHTS_FILES, AskingStyle, WeightSet

FITTED_SETS = [item for item in WeightSet if item is not WeightSet.MARKED_MEETING]


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the weights of the mapping.")
    parser.add_argument("--cross-validate", action="store_true", help="only report the accuracy on held-out interviews")
    parser.add_argument("--by-schedule", action="store_true", help="the same with whole schedules held out")
    parser.add_argument("--sets", nargs="*", default=[item.value for item in FITTED_SETS], help="which sets of weights")
    parser.add_argument("--without", nargs="*", default=[], help="features to leave out, such as about.window")
    parser.add_argument("--data", type=Path, help="a folder like tests/data/mapping")
    add_model_options(parser)
    options = parser.parse_args()
    material = read_material(options.data)
    similarity = load_measured_model(options.model, options.vectors)
    for name in [WeightSet(value) for value in options.sets]:
        regularisation = get_regularisation(name)
        interviews = read_examples(name, make_examples(name, material), similarity, without=options.without)
        held_out = cross_validate(interviews, regularisation, BY_SCHEDULE if options.by_schedule else HELD_OUT)
        print_report(name, held_out)
        if not (options.cross_validate or options.by_schedule):
            for style, weights in blend_meeting_weights(name, fit_styles(interviews, regularisation)).items():
                judged = [judged for one in held_out if one.style is style for judged in one.judged]
                temperature = max(fit_temperature(judged), MIN_TEMPERATURE.get(name, 0.0))
                write_weights(name, style, weights | {"temperature": temperature}, similarity.model_name)


def print_report(name: WeightSet, held_out: Sequence[HeldOut]) -> None:
    print(name.value, {one.labelled.name: round(calculate_share_right(one.judged), 3) for one in held_out})
    for kind, figure in mean_accuracy(held_out).items():
        print(f"  held out, {kind}: {figure:.3f}")
    for title, some in (("all", held_out), ("interviews of the two calls", _select_two_calls(held_out))):
        judged = [cooled for style in AskingStyle for cooled in _apply_fitted_temperature(some, held_out, style)]
        if judged:
            print(f"  with temperatures fitted on the same interviews, {title}:")
            for low, said, share_right, share in reliability_bins(judged):
                print(
                    f"    from {low:.2f}  said {said:.3f}  right {share_right:.3f}  of the time {share:.3f}", flush=True
                )


def _select_two_calls(held_out: Sequence[HeldOut]) -> list[HeldOut]:
    return [one for one in held_out if one.labelled.kind in ("invented", "real")]


def _apply_fitted_temperature(
    some: Sequence[HeldOut], held_out: Sequence[HeldOut], style: AskingStyle
) -> list[JudgedSegment]:
    """The judged segments of some interviews, at the temperature fitted on all of that style."""
    of_style = [judged for one in held_out if one.style is style for judged in one.judged]
    temperature = fit_temperature(of_style) if of_style else 1.0
    judged = [judged for one in some if one.style is style for judged in one.judged]
    return [replace(item, confidence=apply_temperature(item.confidence, temperature)) for item in judged]


def write_weights(name: WeightSet, style: AskingStyle, weights: dict[str, float], model: str) -> None:
    path = WEIGHTS_FILES[model]
    stored: dict[str, Any] = (
        json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"model": model, "sets": {}}
    )
    if name is WeightSet.MARKERS:
        weights = add_written_answers(weights, stored["sets"].get(WeightSet.WRITTEN.value, {}).get(style.value, {}))
    rounded = {key: round(value, 4) for key, value in sorted(weights.items())}
    stored["sets"].setdefault(name.value, {})[style.value] = rounded
    if name is WeightSet.MARKERS and style is AskingStyle.FREE:
        stored["sets"][WeightSet.MARKED_MEETING.value] = {style.value: rounded | {LAST_MARKER: LAST_MARKER_WEIGHT}}
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    print(f"saved the weights “{name.value}, {style.value}” for {model}")


if __name__ == "__main__":
    main()
