"""The blueprint of this package, and the formatters that its templates share."""

from typing import Any

from flask import Blueprint

from core import clock
from interviews.wordings.slot_descriptions import (
    KIND_LABELS,
    format_deadline,
    format_slot_time,
    format_zone,
    get_volunteer_zone,
)

bp = Blueprint("interviews", __name__, cli_group="interviews")


@bp.context_processor
def _add_template_formatters() -> dict[str, Any]:
    return {
        "format_slot_time": format_slot_time,
        "format_deadline": format_deadline,
        "get_zone": get_volunteer_zone,
        "format_zone": format_zone,
        "kind_labels": KIND_LABELS,
        "now": clock.now(),
    }
