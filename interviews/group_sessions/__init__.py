"""Group sessions: seats, waitlist, attendance, write-ups."""
