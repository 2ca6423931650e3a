"""The pages of this package, one module for each group of pages."""

from interviews.blueprint import bp
from interviews.views import (
    board,
    closing,
    equality,
    interviews,
    messages,
    my_booking,
    my_page,
    notices,
    offers,
    slots,
    targets,
    volunteers,
)

__all__ = [
    "board",
    "bp",
    "closing",
    "equality",
    "interviews",
    "messages",
    "my_booking",
    "my_page",
    "notices",
    "offers",
    "slots",
    "targets",
    "volunteers",
]
