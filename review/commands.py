"""`flask review …`: the example, exports, and an export rebuilt in an empty installation."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from flask.cli import AppGroup

from core import exits
from core.database import db
from core.errors import RuleError
from core.exits import ExitAudience, ExitUse
from core.file_storage import current_storage
from evidence.call_files import read_json
from evidence.calls import get_published_call
from review.example_data import loader
from review.exports import export_requests
from review.exports.evidence_reader import read_call
from review.exports.export_kinds import ExportFormat, Layout, Purpose
from review.exports.export_options import ExportOptions, build_options
from review.exports.exported_call import ExportedCall
from review.exports.file_writing import count_transcripts, needs_zip, write_export
from review.exports.json_import import rebuild_call
from review.reading.filters import Filters, parse_filters
from review.search import search_index

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FILTER_NAMES = tuple(Filters.__dataclass_fields__)

review_commands = AppGroup("review", help="Load the example, export evidence, import an export.")


@review_commands.command("load-example")
@click.option("--recording", type=EXISTING_FILE, help="Another recording for the completed interview.")
def load_example(recording: Path | None) -> None:
    """Load the example call with invented contributions and a recorded interview, unless it is already loaded."""
    try:
        call = loader.load_example_call(recording)
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(f"Loaded the example call “{call.title}”." if call else "The example call is already loaded.")


@review_commands.command("export")
@click.argument("call")
@click.option("--format", "format_name", required=True, type=click.Choice([one.value for one in ExportFormat]))
@click.option("--layout", default="", type=click.Choice(["", *Layout]), help="How it is arranged; see docs/formats.md.")
@click.option(
    "--for", "purpose", default=Purpose.ANALYSIS.value, type=click.Choice([one.value for one in Purpose]), help="Use."
)
@click.option("--filter", "filters", multiple=True, help=f"NAME=VALUE, of {', '.join(FILTER_NAMES)}; repeatable.")
@click.option("--reference", default="", help="Only this participant, for example P-7KQ4M.")
@click.option("--sound", is_flag=True, help="QDPX only: pack the recordings too.")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@exits.returns(
    "the file that is written",
    ExitUse.EXPORT,
    ExitUse.SHARING,
    ExitUse.ARCHIVING,
    ExitUse.LISTENING,
    to=ExitAudience.OUTSIDE,
)
def export_evidence(  # noqa: PLR0917 - the options of the command
    call: str,
    format_name: str,
    layout: str,
    purpose: str,
    filters: tuple[str, ...],
    reference: str,
    sound: bool,
    output: Path,
) -> None:
    """Export what people allow of the call with the address CALL to one file.

    Several transcripts become one ZIP, so name a file that ends in .zip, or one --reference.
    """
    try:
        options = build_options(
            format_name, layout, purpose, _parse_filters(filters), reference=reference, has_sound=sound
        )
        found = get_published_call(call)
        exported = read_call(found, options)
        _require_matching_name(exported, options, output)
        _write(exported, options, output)
        export_requests.record_export_by_command(found, options, len(exported.contributions))
        db.session.commit()
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}.") from error
    left_out = f" {exported.left_out} were left out: they do not allow this use." if exported.left_out else ""
    click.echo(f"Wrote {output} with {len(exported.contributions)} contributions.{left_out}", err=True)


@review_commands.command("import")
@click.argument("file", type=EXISTING_FILE)
def import_export(file: Path) -> None:
    """Rebuild the call in FILE, an export in JSON, with all its contributions, but without recordings and names."""
    try:
        rebuilt = rebuild_call(read_json(file))
        db.session.commit()
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Imported “{rebuilt.call.title}” with {rebuilt.contributions} contributions.")


@review_commands.command("rebuild-search")
def rebuild_search() -> None:
    """Index all evidence for search again, for example after an upgrade."""
    total = 0
    for count in search_index.iter_rebuilt():
        db.session.commit()
        total += count
    click.echo(f"Indexed {total} contributions.")


def _parse_filters(pairs: tuple[str, ...]) -> Filters:
    values: dict[str, Any] = dict(pair.partition("=")[::2] for pair in pairs)
    chosen = parse_filters(values)
    ignored = [name for name in values if name not in chosen.as_query()]
    if ignored:
        known = ", ".join(FILTER_NAMES)
        raise click.ClickException(
            f"The filter “{ignored[0]}={values[ignored[0]]}” is unknown. Use NAME=VALUE with one of: {known}."
        )
    return chosen


def _require_matching_name(exported: ExportedCall, options: ExportOptions, output: Path) -> None:
    if needs_zip(exported, options) and output.suffix.lower() != ".zip":
        raise click.ClickException(
            f"There are {count_transcripts(exported)} transcripts, one file each. Name a file that ends in .zip, or"
            " choose one participant with --reference."
        )


def _write(exported: ExportedCall, options: ExportOptions, output: Path) -> None:
    """Complete or not at all: an earlier file of that name stays until the new one is there."""
    with TemporaryDirectory(dir=output.parent) as folder:
        target = Path(folder) / "export"
        write_export(exported, options, target, current_storage(), lambda _share: None)
        target.replace(output)
