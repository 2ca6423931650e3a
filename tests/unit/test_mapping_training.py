"""How the weights that ship are put together from fits: bench/train_mapping.py."""

from math import exp, isclose

from bench.examples import MISSED_IN_LESSONS
from bench.labelled import MISSED, OURS, markers_for, read_material
from bench.train_mapping import halfway, with_usual_markers


def test_what_one_set_of_weights_lacks_counts_nothing_there() -> None:
    assert halfway({"asked.kind": 2.0}, {"asked.kind": 4.0, "outside.short": 1.0}) == {
        "asked.kind": 3.0,
        "outside.short": 0.5,
    }


def test_after_lessons_with_many_markers_missing_the_odds_are_the_usual_ones() -> None:
    taught = {"marker.missing": -0.9, "marker.taken": 8.6}

    usual = with_usual_markers(taught)

    odds = exp((usual["marker.missing"] - usual["marker.taken"]) - (taught["marker.missing"] - taught["marker.taken"]))
    assert isclose(odds, (MISSED / (1 - MISSED)) / (MISSED_IN_LESSONS / (1 - MISSED_IN_LESSONS)))


def test_as_many_markers_are_missing_as_wanted() -> None:
    interviews = read_material(OURS).of_kind("longer calls")

    counts = {share: sum(len(markers_for(item, missed=share)) for item in interviews) for share in (0.0, 0.1, 0.4)}

    assert 0.87 < counts[0.1] / counts[0.0] < 0.93
    assert 0.56 < counts[0.4] / counts[0.0] < 0.64
