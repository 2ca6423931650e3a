"""`flask evidence …`: load a call or a written contribution from our JSON. Pages do the same by hand."""

from pathlib import Path

import click
from flask.cli import AppGroup

from core.database import db
from core.errors import RuleError
from evidence import calls, participation_modes, written_files
from evidence.call_files import read_json

evidence_commands = AppGroup("evidence", help="Load calls and written contributions.")
JSON_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@evidence_commands.command("load-call")
@click.argument("file", type=JSON_FILE)
@click.option("--publish", "is_published", is_flag=True, help="Publish it too, so that people can take part.")
def load_call(file: Path, is_published: bool) -> None:
    """Load the call in FILE as a draft. Loading it again changes the draft; docs/formats.md has the format."""
    try:
        call = calls.load_draft(read_json(file), folder=file.parent)
        words = f"Loaded “{call.title}” as a draft."
        if is_published:
            words = f"Published “{call.title}” with version {calls.publish(call).number} of its questions."
        db.session.commit()
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{words} Its address ends in /calls/{call.slug}")
    for way in participation_modes.list_unavailable_modes(call):
        click.echo(f"The way “{way}” to take part does not work yet, so it is not offered.")


@evidence_commands.command("load-written")
@click.argument("file", type=JSON_FILE)
@click.option("--call", "slug", required=True, help="The call's short name, as in its address.")
def load_written(file: Path, slug: str) -> None:
    """Load the written contribution in FILE and give it to a published call."""
    try:
        contribution = written_files.load_written_contribution(read_json(file), calls.get_published_call(slug))
        db.session.commit()
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Loaded what {contribution.participant.reference} wrote.")
