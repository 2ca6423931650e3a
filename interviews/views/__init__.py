"""The pages of this package, one module for each group of pages."""

from interviews.blueprint import bp
from interviews.views import (
    board,
    closing,
    equality,
    interview_changes,
    interviews,
    letters,
    messages,
    my_booking,
    my_page,
    notices,
    offers,
    outcomes,
    slots,
    staff_calendar,
    targets,
    volunteers,
)

__all__ = [
    "board",
    "bp",
    "closing",
    "equality",
    "interview_changes",
    "interviews",
    "letters",
    "messages",
    "my_booking",
    "my_page",
    "notices",
    "offers",
    "outcomes",
    "slots",
    "staff_calendar",
    "targets",
    "volunteers",
]
