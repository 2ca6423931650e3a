"""How much each feature counts, as fitted by bench/train_mapping.py on labelled interviews. No feature is read here."""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

WEIGHTS_FILE = Path(__file__).with_name("weights.json")

FeatureWeights = Mapping[str, float]


class WeightSet(StrEnum):
    """A figure counts for less where a stronger one is at hand, so each setting has weights of its own."""

    COLD = "cold"
    WRITTEN = "written"
    REVIEWED = "reviewed"
    MARKERS = "markers"
    MEETING = "meeting"
    MARKED_MEETING = "marked meeting"


class AskingStyle(StrEnum):
    """How an interviewer asks. What tells where a question begins differs so much that each has weights of its own."""

    FREE = "free"
    SCRIPTED = "as written"


@cache
def load_weights(weight_set: WeightSet, style: AskingStyle = AskingStyle.FREE) -> FeatureWeights:
    """Where a setting was not fitted for a manner, its weights for free askings."""
    fitted = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))[weight_set.value]
    weights: FeatureWeights = fitted.get(style.value, fitted[AskingStyle.FREE.value])
    return weights
