"""Join this package to the application: its pages, its jobs and its commands."""

from flask import Flask

from transcripts import tasks, views  # noqa: F401 guards, jobs and pages are known once they are imported
from transcripts.audio import tasks as listening_tasks  # noqa: F401 the same
from transcripts.commands import transcripts_commands
from transcripts.erasure import holders  # noqa: F401 the same
from transcripts.erasure import tasks as erasure_tasks  # noqa: F401 the same
from transcripts.importing import tasks as import_tasks  # noqa: F401 the same
from transcripts.model_store import tasks as weight_tasks  # noqa: F401 the same
from transcripts.passages import consent_reactions  # noqa: F401 the same
from transcripts.recordings import paths_in_use  # noqa: F401 the same
from transcripts.text import immutability  # noqa: F401 guards rows from their first use on
from transcripts.uploads import tasks as upload_tasks  # noqa: F401 the same
from transcripts.views.blueprint import bp


def init_transcripts(app: Flask) -> None:
    app.register_blueprint(bp)
    app.cli.add_command(transcripts_commands)
