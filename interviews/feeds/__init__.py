"""Secret calendar feeds for interviewers."""
