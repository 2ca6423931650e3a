"""The field that weights are fitted with (bench/field.py, in torch) against the one that maps (in numpy)."""

from itertools import product

import numpy as np
import pytest
import torch

from bench import field
from transcripts.mapping.features import Features
from transcripts.mapping.scoring import weigh
from transcripts.mapping.sequence import label_posteriors
from transcripts.mapping.waiting import WaitingMarker

SEGMENTS, QUESTIONS = 4, 2
SECONDS = np.linspace(2.0, 20.0, SEGMENTS)


def some_features(seed: int, markers: list[WaitingMarker]) -> Features:
    draw = np.random.default_rng(seed)
    found = Features(QUESTIONS, waiting=markers)
    for part in field.PARTS:
        shape = (SEGMENTS, QUESTIONS) if part in field.BY_QUESTION else (SEGMENTS,)
        getattr(found, part)["some"] = draw.normal(size=shape)
    return found


@pytest.mark.parametrize(
    "markers",
    [[], [WaitingMarker(1, 1, np.array([-0.5, 0.0, 0.0])), WaitingMarker(0, 2, np.array([0.0, -1.0]))]],
)
def test_what_is_fitted_is_what_maps(markers: list[WaitingMarker]) -> None:
    features = some_features(6, markers)
    weights = {f"{part}.some": 0.7 for part in field.PARTS} | field.START_OF_COURSE
    weights |= {"marker.taken": 2.0, "marker.missing": -0.8} if markers else {}
    tensors = {name: torch.tensor(value, dtype=torch.float64) for name, value in weights.items()}
    chances = np.zeros((SEGMENTS, QUESTIONS + 1))

    for labels in product(range(QUESTIONS + 1), repeat=SEGMENTS):
        lesson = field.lesson("some", features, SECONDS, labels)
        chances[np.arange(SEGMENTS), labels] += np.exp(-float(field.unlikelihood(field.Batch([lesson]), tensors)))

    np.testing.assert_allclose(chances, label_posteriors(weigh(features, SECONDS, weights)), atol=1e-9)
