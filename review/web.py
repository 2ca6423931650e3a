"""Join this package to the application: its pages and its commands."""

from flask import Flask

from review import commands, views  # noqa: F401 each module adds its pages or commands to the blueprint
from review.views.blueprint import bp


def init_review(app: Flask) -> None:
    """Register what this package adds."""
    app.register_blueprint(bp)
