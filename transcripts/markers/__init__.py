"""Markers set during or after an interview, and their alignment with the recording."""
