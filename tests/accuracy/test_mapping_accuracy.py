"""The mapping on labelled interviews, with the real model: a little under what `python -m bench.mapping` measured.

The weights were fitted on these interviews; docs/decisions/0006-mapping.md says what they reach on interviews held out.
"""

from functools import cache

import pytest

from bench.support.labelled_interviews import (
    OWN_DATA,
    SHARED_DATA,
    LabelledInterview,
    LabelledMaterial,
    read_material,
    shuffle_questions,
)
from bench.support.mapping_settings import REVIEWED_PASSAGE_COUNT, SettingResult, list_settings, run_setting
from bench.support.measures import mean_scores, reliability_bins
from tests.support.real_similarity import get_similarity

INTERVIEWS = [
    ("invented", "cold", 0.75),
    ("invented", "written", 0.80),
    ("invented", "reviewed", 0.79),
    ("invented", "markers", 0.91),
    ("real", "cold", 0.91),
    ("real", "reviewed", 0.85),
    ("real", "markers", 0.95),
    ("other calls", "cold", 0.70),
    ("other calls", "markers", 0.85),
    ("meeting", "markers", 0.80),
]
EVERY = 5  # enough of the longer calls to notice a fault: each time another call and another of its four
MEETINGS_IN_ORDER = 0.60  # our own two meetings
MEETINGS_SHUFFLED = 0.55


@cache
def ours() -> LabelledMaterial:
    return read_material(OWN_DATA)


def row(
    kind: str, setting: str, material: LabelledMaterial, items: list[LabelledInterview] | None = None
) -> SettingResult:
    mapper = list_settings(kind, material, get_similarity())[setting]
    return run_setting(f"{kind}, {setting}", items or material.list_kind(kind), mapper)


def accuracy(found: SettingResult) -> float:
    return mean_scores([measured for _, measured in found.measured]).accuracy


@pytest.mark.parametrize(("kind", "setting", "at_least"), INTERVIEWS)
def test_interviews_are_mapped_as_well_as_measured(kind: str, setting: str, at_least: float) -> None:
    assert accuracy(row(kind, setting, ours())) >= at_least


@pytest.mark.parametrize(
    ("setting", "at_least"),
    [
        pytest.param("cold", 0.64, marks=pytest.mark.slow),
        pytest.param("reviewed", 0.70, marks=pytest.mark.slow),
        ("markers", 0.82),
    ],
)
@pytest.mark.slow
def test_longer_calls_are_mapped_as_well_as_measured(setting: str, at_least: float) -> None:
    some = ours().list_kind("longer calls")[::EVERY]

    assert accuracy(row("longer calls", setting, ours(), some)) >= at_least


def test_meetings_are_mapped_by_their_topics() -> None:
    assert accuracy(row("meeting", "cold", ours())) >= MEETINGS_IN_ORDER


def test_meetings_are_mapped_without_the_order_of_their_topics() -> None:
    mixed = [shuffle_questions(item, seed) for item in ours().list_kind("meeting") for seed in range(2)]

    assert accuracy(row("meeting", "cold", ours(), mixed)) >= MEETINGS_SHUFFLED


def test_where_it_says_sure_it_is_right_nineteen_times_in_twenty() -> None:
    found = row("invented", "reviewed", ours())

    sure = [bin_ for bin_ in reliability_bins(found.judged) if bin_[0] >= 0.9]

    time = sum(share for _, _, _, share in sure)
    assert sum(right * share for _, _, right, share in sure) / time >= 0.95
    assert time >= 0.2


@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the larger material is not on this machine")
def test_real_interviews_of_the_larger_material_are_mapped_as_well_as_measured() -> None:
    assert accuracy(row("real", "cold", read_material(SHARED_DATA))) >= 0.91


@pytest.mark.slow
def test_looking_at_a_few_passages_puts_most_right_and_mapping_again_keeps_it() -> None:
    corrected = row("invented", f"cold, {REVIEWED_PASSAGE_COUNT} passages corrected", ours())

    guided = row("invented", f"cold, {REVIEWED_PASSAGE_COUNT} of them guide the rest", ours())

    assert accuracy(corrected) >= 0.9
    assert accuracy(guided) >= 0.9
