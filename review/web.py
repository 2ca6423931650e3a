"""Join this package to the application: its pages and its commands."""

from flask import Flask


def init_review(app: Flask) -> None:
    """Register what this package adds."""
