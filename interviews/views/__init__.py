"""The pages of this package, one module or folder for each feature. Importing it adds them to the blueprint."""

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
]
