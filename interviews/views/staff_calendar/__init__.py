"""The calendar page of staff."""

from interviews.views.staff_calendar import calendar

__all__ = ["calendar"]
