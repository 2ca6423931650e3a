"""The pages on which coordinators write calls. Importing it adds them to the blueprint."""

from evidence.views.call_editor import (
    call_lives,
    call_parts,
    call_previews,
    installation_pages,
    publishing_pages,
    schedule_pages,
)

__all__ = [
    "call_lives",
    "call_parts",
    "call_previews",
    "installation_pages",
    "publishing_pages",
    "schedule_pages",
]
