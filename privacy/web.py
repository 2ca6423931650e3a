"""Registers this package's pages, jobs and commands with the application."""

from flask import Flask

from privacy import models, tasks  # noqa: F401 rows, jobs and sweeps are known once they are imported
from privacy.commands import privacy_commands
from privacy.own_data import holders  # noqa: F401 the same
from privacy.views import bp


def init_privacy(app: Flask) -> None:
    app.register_blueprint(bp)
    app.cli.add_command(privacy_commands)
