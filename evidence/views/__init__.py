"""The pages of this package, one module or folder for each feature. Importing it adds them to the blueprint."""

from evidence.views import (
    autosave_pages,
    call_editor,
    call_pages,
    consent_change_pages,
    consent_pages,
    link_pages,
    reminder_pages,
    staff_pages,
    start_pages,
    submission_pages,
    update_pages,
    writing_pages,
)
from evidence.views.blueprint import bp

__all__ = [
    "autosave_pages",
    "bp",
    "call_editor",
    "call_pages",
    "consent_change_pages",
    "consent_pages",
    "link_pages",
    "reminder_pages",
    "staff_pages",
    "start_pages",
    "submission_pages",
    "update_pages",
    "writing_pages",
]
