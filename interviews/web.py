"""Join this package to the application: its pages."""

from flask import Flask

from interviews import models  # noqa: F401 rows must be known before the first query
from interviews.views import bp


def init_interviews(app: Flask) -> None:
    """Register what this package adds."""
    app.register_blueprint(bp)
