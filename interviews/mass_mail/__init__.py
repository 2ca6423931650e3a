"""Email to many people: drafts, audiences, sending."""
