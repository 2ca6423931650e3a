"""Join this package to the application: its pages, its jobs and its commands."""

from flask import Flask

from interviews import models, tasks  # noqa: F401 rows, jobs and sweeps are known once they are imported
from interviews.commands import interviews_commands
from interviews.personal_data import holders  # noqa: F401 the same
from interviews.views import bp


def init_interviews(app: Flask) -> None:
    app.register_blueprint(bp)
    app.cli.add_command(interviews_commands)
