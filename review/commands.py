"""`flask review …`: fill an empty database with the example."""

from pathlib import Path

import click
from flask.cli import AppGroup

from core.database import db
from core.errors import RuleError
from review.example_data import loader

RECORDING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

review_commands = AppGroup("review", help="Load the example.")


@review_commands.command("load-example")
@click.option("--recording", type=RECORDING_FILE, help="Another recording for the completed interview.")
def load_example(recording: Path | None) -> None:
    """Load the example call with invented contributions and a recorded interview, unless it is already loaded."""
    try:
        call = loader.load_example_call(recording)
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(f"Loaded the example call “{call.title}”." if call else "The example call is already loaded.")
