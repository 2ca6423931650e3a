"""Corrections as JSON, which the preview carries from one form to the next."""

import json
from typing import Any

from transcripts.importing.corrections import NO_CORRECTIONS, Corrections

MAX_CHARACTERS = 400_000
MAX_ITEMS = 2000


def corrections_to_json(corrections: Corrections) -> str:
    if corrections == NO_CORRECTIONS:
        return ""
    data = {
        "names": sorted(corrections.names),
        "speech": sorted(corrections.speech),
        "restored": sorted(corrections.restored),
        "same_person": dict(corrections.same_person),
    }
    return json.dumps(data, ensure_ascii=False)


def corrections_from_json(text: str) -> Corrections:
    """No corrections if the text was tampered with: the preview then shows the file as it was read."""
    if not text or len(text) > MAX_CHARACTERS:
        return NO_CORRECTIONS
    try:
        data = json.loads(text)
        return Corrections(
            names=_read_texts(data["names"]),
            speech=_read_texts(data["speech"]),
            restored=_read_texts(data["restored"]),
            same_person={str(name): str(other) for name, other in list(data["same_person"].items())[:MAX_ITEMS]},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return NO_CORRECTIONS


def _read_texts(items: Any) -> frozenset[str]:
    return frozenset(str(item) for item in items[:MAX_ITEMS])
