"""How much each feature counts, as fitted by bench/train_mapping.py on labelled interviews. No feature is read here."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FITTED = Path(__file__).with_name("weights.json")

Weights = Mapping[str, float]


@cache
def fitted_weights() -> Weights:
    weights: Weights = json.loads(FITTED.read_text(encoding="utf-8"))
    return weights
