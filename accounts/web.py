"""Join this package to the application: its pages and its commands."""

from flask import Flask

from accounts import models  # noqa: F401 rows must be known before the first query


def init_accounts(app: Flask) -> None:
    """Register what this package adds."""
