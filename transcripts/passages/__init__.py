"""Suggested passages, decisions about them, and the answers that follow."""
