"""The weight of each feature, as fitted by bench/train_mapping.py on labelled interviews."""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

WEIGHTS_FILE = Path(__file__).with_name("weights.json")

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


@cache
def load_weights(weight_set: WeightSet, style: AskingStyle = AskingStyle.FREE) -> FeatureWeights:
    fitted = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))[weight_set.value]
    weights: FeatureWeights = fitted.get(style.value, fitted[AskingStyle.FREE.value])
    return weights
