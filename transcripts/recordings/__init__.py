"""Recordings: rows, streaming form, media types, ownership, playing, track groups."""
