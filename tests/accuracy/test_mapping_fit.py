"""The field that fits weights (bench/support/random_field.py, in torch) against the one that maps (in numpy)."""

from itertools import product

import numpy as np
import pytest
import torch

from bench.support import random_field, random_field_batch
from transcripts.mapping.features import Features
from transcripts.mapping.marker_states import PendingMarker
from transcripts.mapping.scoring import compute_scores
from transcripts.mapping.sequence import compute_label_posteriors

SEGMENTS, QUESTIONS = 4, 2
SECONDS = np.linspace(2.0, 20.0, SEGMENTS)


def some_features(seed: int, markers: list[PendingMarker]) -> Features:
    draw = np.random.default_rng(seed)
    found = Features(QUESTIONS, pending_markers=markers)
    for part in random_field_batch.PARTS:
        shape = (SEGMENTS, QUESTIONS) if part in random_field_batch.PARTS_BY_QUESTION else (SEGMENTS,)
        getattr(found, part)["some"] = draw.normal(size=shape)
    return found


@pytest.mark.parametrize(
    "markers",
    [[], [PendingMarker(1, 1, np.array([-0.5, 0.0, 0.0])), PendingMarker(0, 2, np.array([0.0, -1.0]))]],
)
def test_what_is_fitted_is_what_maps(markers: list[PendingMarker]) -> None:
    features = some_features(6, markers)
    weights = {f"{part}.some": 0.7 for part in random_field_batch.PARTS} | random_field.START_FLOW_WEIGHTS
    weights |= {"marker.taken": 2.0, "marker.missing": -0.8} if markers else {}
    tensors = {name: torch.tensor(value, dtype=torch.float64) for name, value in weights.items()}
    chances = np.zeros((SEGMENTS, QUESTIONS + 1))

    for labels in product(range(QUESTIONS + 1), repeat=SEGMENTS):
        lesson = random_field_batch.make_training_example("some", features, SECONDS, labels)
        chances[np.arange(SEGMENTS), labels] += np.exp(
            -float(random_field.negative_log_likelihood(random_field_batch.TrainingBatch([lesson]), tensors))
        )

    np.testing.assert_allclose(chances, compute_label_posteriors(compute_scores(features, SECONDS, weights)), atol=1e-9)
