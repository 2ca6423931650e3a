"""Exports: what leaves for other tools, all from one reading of a call that consent allows."""
