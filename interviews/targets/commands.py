"""`flask interviews load-deprivation`: how deprived postcode areas are, for the equality form."""

from pathlib import Path

import click

from core.database import db
from core.errors import RuleError
from interviews.commands import interviews_commands
from interviews.targets.areas import load_areas


@interviews_commands.command("load-deprivation")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_deprivation(file: Path) -> None:
    """Load FILE, a CSV of postcode areas or districts with their fifth (1: most deprived), in place of the last one."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            number = load_areas(lines)
        db.session.commit()
    except (RuleError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Loaded {number} postcode areas.")
