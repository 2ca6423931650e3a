"""`flask evidence …`: load a call or a written contribution from JSON."""

from pathlib import Path

import click
from flask.cli import AppGroup

from core.database import db
from core.errors import RuleError
from evidence import calls, participation_modes, written_files
from evidence.call_files import format_call, read_json

evidence_commands = AppGroup("evidence", help="Load calls and written contributions.")
JSON_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@evidence_commands.command("load-call")
@click.argument("file", type=JSON_FILE)
@click.option("--publish", "is_published", is_flag=True, help="Publish it too, so that people can take part.")
def load_call(file: Path, is_published: bool) -> None:
    """Load the call in FILE as a draft. Loading it again changes the draft. The format is in docs/formats.md."""
    try:
        call = calls.load_draft(read_json(file), folder=file.parent)
        message = f"Loaded “{call.title}” as a draft."
        if is_published:
            message = f"Published “{call.title}” with version {calls.publish(call).number} of its questions."
        db.session.commit()
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{message} Its address ends in /calls/{call.slug}")
    for mode in participation_modes.list_unavailable_modes(call):
        click.echo(f"Taking part by “{mode}” is not available yet, so people are not offered it.")


@evidence_commands.command("export-call")
@click.argument("slug")
@click.option("--output", "-o", "path", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@click.option("--published", "is_published", is_flag=True, help="As the public has it, without the draft's changes.")
def export_call(slug: str, path: Path | None, is_published: bool) -> None:
    """Write the call with the short name SLUG as JSON, its draft unless asked otherwise. load-call reads it again."""
    call = calls.find_call(slug)
    draft = None if call is None else calls.read_live(call) if is_published else calls.read_draft(call)
    if draft is None:
        kind = "published call" if is_published else "call"
        raise click.ClickException(f"There is no {kind} with the short name “{slug}”.")
    content = format_call(draft)
    if path is None:
        click.echo(content, nl=False)
    else:
        path.write_text(content, encoding="utf-8")


@evidence_commands.command("load-written")
@click.argument("file", type=JSON_FILE)
@click.option("--call", "slug", required=True, help="The call's short name, as in its address.")
def load_written(file: Path, slug: str) -> None:
    """Load the written contribution in FILE and submit it to a published call."""
    try:
        contribution = written_files.load_written_contribution(read_json(file), calls.get_published_call(slug))
        db.session.commit()
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Loaded the contribution of {contribution.participant.reference}.")
