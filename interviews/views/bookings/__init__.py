"""Pages about one interview, for the volunteer and for staff."""

from interviews.views.bookings import booking_policy, interview_changes, interviews, letters, my_booking, outcomes

__all__ = ["booking_policy", "interview_changes", "interviews", "letters", "my_booking", "outcomes"]
