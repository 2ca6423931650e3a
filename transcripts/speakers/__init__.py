"""Speakers: diarisation, roles and tracks."""
