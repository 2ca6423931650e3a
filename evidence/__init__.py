"""Calls, the question schedule, written contributions, answers and consent."""
