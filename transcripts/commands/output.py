"""Where the commands put what they found: on the screen or into a file."""

from pathlib import Path

import click


def write_output(text: str, output: Path | None) -> None:
    """Into the file, or to standard output when none is named. Raises ClickException in words."""
    if output is None:
        click.echo(text)
        return
    try:
        output.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}.") from error
