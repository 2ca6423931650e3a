"""Pages on which interviewers say when they are available."""

from interviews.views.availability import availability, slots, weekly_hours

__all__ = ["availability", "slots", "weekly_hours"]
