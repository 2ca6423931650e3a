"""Quotes: words chosen for a report, how they may be used, and the participant's answer."""
