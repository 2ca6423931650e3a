"""How the shipped weights are combined from fits: bench/support/weight_rules.py."""

from math import exp, isclose

from bench.support.examples import MISSED_SHARE_IN_TRAINING
from bench.support.labelled_interviews import MISSED_SHARE, OWN_DATA, make_markers, read_material
from bench.support.weight_rules import average_weights, restore_marker_rates


def test_what_one_set_of_weights_lacks_counts_nothing_there() -> None:
    assert average_weights({"asked.kind": 2.0}, {"asked.kind": 4.0, "outside.short": 1.0}) == {
        "asked.kind": 3.0,
        "outside.short": 0.5,
    }


def test_after_lessons_with_many_markers_missing_the_odds_are_the_usual_ones() -> None:
    taught = {"marker.missing": -0.9, "marker.taken": 8.6}

    usual = restore_marker_rates(taught)

    odds = exp((usual["marker.missing"] - usual["marker.taken"]) - (taught["marker.missing"] - taught["marker.taken"]))
    assert isclose(
        odds, (MISSED_SHARE / (1 - MISSED_SHARE)) / (MISSED_SHARE_IN_TRAINING / (1 - MISSED_SHARE_IN_TRAINING))
    )


def test_as_many_markers_are_missing_as_wanted() -> None:
    interviews = read_material(OWN_DATA).list_kind("longer calls")

    counts = {share: sum(len(make_markers(item, missed=share)) for item in interviews) for share in (0.0, 0.1, 0.4)}

    assert 0.87 < counts[0.1] / counts[0.0] < 0.93
    assert 0.56 < counts[0.4] / counts[0.0] < 0.64
