"""Spoken text, spans, the immutable machine text, versions and their files."""
