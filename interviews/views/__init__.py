"""The pages of this package. Importing it registers their routes."""

from interviews.views import (
    availability,
    bookings,
    equality,
    feeds,
    group_sessions,
    inbox,
    mass_mail,
    matching,
    reminders,
    staff_calendar,
    targets,
    volunteers,
    wordings,
)
from interviews.views.blueprint import bp

__all__ = [
    "availability",
    "bookings",
    "bp",
    "equality",
    "feeds",
    "group_sessions",
    "inbox",
    "mass_mail",
    "matching",
    "reminders",
    "staff_calendar",
    "targets",
    "volunteers",
    "wordings",
]
