"""The weight of each feature, as fitted by bench/train_mapping.py on labelled interviews, for each language model."""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

from transcripts.mapping.model_names import LARGE_MODEL, SMALL_MODEL

WEIGHTS_FILES = {
    SMALL_MODEL: Path(__file__).with_name("weights.json"),
    LARGE_MODEL: Path(__file__).with_name("weights_large.json"),
}

FeatureWeights = Mapping[str, float]


class WeightSet(StrEnum):
    """A feature counts for less if a stronger one is available, so each setting has its own weights."""

    COLD = "cold"
    WRITTEN = "written"
    REVIEWED = "reviewed"
    MARKERS = "markers"
    MEETING = "meeting"
    MARKED_MEETING = "marked meeting"


class AskingStyle(StrEnum):
    """The signs that a question starts differ so much that each style has its own weights."""

    FREE = "free"
    SCRIPTED = "as written"


def load_weights(
    weight_set: WeightSet, style: AskingStyle = AskingStyle.FREE, model_name: str = SMALL_MODEL
) -> FeatureWeights:
    """Those of the small model for any model that none were fitted for."""
    fitted = _read_weights(WEIGHTS_FILES.get(model_name, WEIGHTS_FILES[SMALL_MODEL]))[weight_set.value]
    weights: FeatureWeights = fitted.get(style.value, fitted[AskingStyle.FREE.value])
    return weights


@cache
def _read_weights(path: Path) -> Mapping[str, Mapping[str, FeatureWeights]]:
    sets: Mapping[str, Mapping[str, FeatureWeights]] = json.loads(path.read_text(encoding="utf-8"))["sets"]
    return sets
