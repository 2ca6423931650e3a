"""The blueprint that every page of this package joins, and the words that its templates share."""

from typing import Any

from flask import Blueprint

from core import clock
from interviews.wording import KIND_WORDS, when, zone_of, zone_words

bp = Blueprint("interviews", __name__, cli_group="interviews")


@bp.context_processor
def _words() -> dict[str, Any]:
    return {"when": when, "zone_of": zone_of, "zone_words": zone_words, "kind_words": KIND_WORDS, "now": clock.now()}
