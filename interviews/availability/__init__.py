"""When interviewers can be booked: weekly patterns, exceptions, and the busy times of their own calendars."""
