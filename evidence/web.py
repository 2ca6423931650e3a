"""Registers this package's pages and commands with the application."""

from flask import Flask

from evidence import models, own_holders, tasks  # noqa: F401 rows must be known before the first query, jobs before they run
from evidence.commands import evidence_commands
from evidence.views import bp


def init_evidence(app: Flask) -> None:
    app.register_blueprint(bp)
    app.cli.add_command(evidence_commands)
