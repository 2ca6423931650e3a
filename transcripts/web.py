"""Join this package to the application: its pages, its jobs and its commands."""

from flask import Flask

from transcripts import kept_text, tasks, views  # noqa: F401 guards, jobs and pages are known once they are imported
from transcripts.blueprint import bp
from transcripts.commands import transcripts_commands
from transcripts.listening import tasks as listening_tasks  # noqa: F401 the same
from transcripts.uploads import tasks as upload_tasks  # noqa: F401 the same
from transcripts.weights import tasks as weight_tasks  # noqa: F401 the same


def init_transcripts(app: Flask) -> None:
    """Register what this package adds."""
    app.register_blueprint(bp)
    app.cli.add_command(transcripts_commands)
