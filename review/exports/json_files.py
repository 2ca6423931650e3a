"""Write everything that an export may have as JSON (docs/formats.md). `flask review import` reads it. Pure."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from review.exports.exported_call import ExportedCall, ExportedContribution

FORMAT_NAME = "listening-post-export"
FORMAT_VERSION = 1


def write_json(call: ExportedCall, target: Path, on_progress: Callable[[float], object]) -> None:
    """One contribution a line, so that it is never in memory as a whole."""
    head = {
        "format": FORMAT_NAME,
        "version": FORMAT_VERSION,
        "made_at": call.made_at.isoformat(),
        "purpose": call.purpose,
        "filters": dict(call.filters),
        "left_out": call.left_out,
        "call": call.data,
        "themes": [
            {
                "id": str(one.id),
                "parent": str(one.parent_id) if one.parent_id else None,
                "name": one.name,
                "description": one.description,
                "colour": one.colour,
            }
            for one in call.themes
        ],
        "coded": [
            {
                "theme": str(one.theme_id),
                "reference": one.reference,
                "questions": list(one.question_keys),
                "text": one.text,
                "start": one.start,
                "end": one.end,
                "seconds": one.start_seconds,
                "how": one.source,
                "at": one.coded_at.isoformat(),
            }
            for one in call.spans
        ],
        "quotes": [
            {
                "reference": one.reference,
                "text": one.text,
                "attribution": one.attribution,
                "state": one.state,
                "use": one.intended_use,
                "used_in": one.used_in,
            }
            for one in call.quotes
        ],
    }
    with target.open("w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "contributions": [\n')
        for number, one in enumerate(call.contributions, 1):
            file.write(json.dumps(_contribution_to_json(one), ensure_ascii=False))
            file.write(",\n" if number < len(call.contributions) else "\n")
            on_progress(number / len(call.contributions))
        file.write("]}\n")


def _contribution_to_json(one: ExportedContribution) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "mode": one.mode,
        **one.data,
        "submitted_at": one.submitted_at.isoformat() if one.submitted_at else None,
        "site": one.site,
        "quoting": one.quoting,
        "sharing": one.sharing,
        "schedule": one.schedule_version,
        "answers": [
            {"question": answer.question_key, "text": answer.text, "updated_at": answer.updated_at.isoformat()}
            for answer in one.answers.values()
        ],
        "transcripts": [transcript.data for transcript in one.transcripts],
    }
