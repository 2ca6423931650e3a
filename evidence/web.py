"""Registers this package's pages and commands with the application."""

from flask import Flask

from core.installation import Sender, describe_installation_for_pages
from evidence import calls, models, own_holders, tasks  # noqa: F401 rows are known before the first query, jobs too
from evidence.commands import evidence_commands
from evidence.models import Call
from evidence.views import bp


def find_asker(call: object) -> Sender:
    """For the frame of public pages: the call's organisation, or the installation."""
    return calls.describe_sender(call) if isinstance(call, Call) else describe_installation_for_pages()


def init_evidence(app: Flask) -> None:
    app.register_blueprint(bp)
    app.cli.add_command(evidence_commands)
    app.jinja_env.globals["asker_of"] = find_asker
