"""“Today”: counts and next steps for staff."""
