"""The smallest call that can be read from JSON."""

SCHEDULE = {
    "title": "A call",
    "sections": [{"key": "s", "title": "Section", "questions": [{"key": "one", "prompt": "What?"}]}],
}
SMALL_CALL = {"title": "A call", "opens_on": "2026-09-01", "closes_on": "2026-10-01", "schedule": SCHEDULE}
