"""How much each feature counts, as fitted by bench/train_mapping.py on labelled interviews. No feature is read here."""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

FITTED = Path(__file__).with_name("weights.json")

Weights = Mapping[str, float]


class WeightSet(StrEnum):
    """A figure counts for less where a stronger one is at hand, so each setting has weights of its own."""

    COLD = "cold"
    WRITTEN = "written"
    REVIEWED = "reviewed"
    MARKERS = "markers"
    MEETING = "meeting"
    MARKED_MEETING = "marked meeting"


class Manner(StrEnum):
    """How an interviewer asks. What tells where a question begins differs so much that each has weights of its own."""

    FREE = "free"
    AS_WRITTEN = "as written"


@cache
def fitted_weights(name: WeightSet, manner: Manner = Manner.FREE) -> Weights:
    """Where a setting was not fitted for a manner, its weights for free askings."""
    fitted = json.loads(FITTED.read_text(encoding="utf-8"))[name.value]
    weights: Weights = fitted.get(manner.value, fitted[Manner.FREE.value])
    return weights
