"""Join this package to the application: its pages and its commands."""

from flask import Flask

from interviews import models  # noqa: F401 rows must be known before the first query
from interviews.availability import tasks as availability_tasks  # noqa: F401 the worker looks for jobs by name
from interviews.calendars import tasks as calendar_tasks  # noqa: F401 what it registers runs at each sweep
from interviews.commands import interviews_commands
from interviews.groups import tasks as group_tasks  # noqa: F401 what it registers runs at each sweep
from interviews.targets import commands as target_commands  # noqa: F401 its command joins those of the package
from interviews.views import bp


def init_interviews(app: Flask) -> None:
    """Register what this package adds."""
    app.register_blueprint(bp)
    app.cli.add_command(interviews_commands)
