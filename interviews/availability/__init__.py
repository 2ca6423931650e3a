"""When interviewers are available: weekly hours, slots, busy calendars, time off, limits."""
