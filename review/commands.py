"""`flask review …`: fill an empty database with the example. Exports come later."""

from pathlib import Path

import click

from core.database import db
from core.errors import RuleError
from review.example_data import loader
from review.views.blueprint import bp

RECORDING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

bp.cli.help = "The example, and what reads across all evidence."


@bp.cli.command("load-example")
@click.option("--recording", type=RECORDING_FILE, help="Another recording for the interview that was held.")
def load_example(recording: Path | None) -> None:
    """Load the example call with invented contributions and a recorded interview. Once it is here, changes nothing."""
    try:
        call = loader.load_example_call(recording)
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(f"Loaded the example call “{call.title}”." if call else "The example call is here already.")
