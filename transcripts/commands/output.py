"""Where the commands write their result: standard output or a file."""

from pathlib import Path

import click


def write_output(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text)
        return
    try:
        output.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}.") from error


def show_download_progress(received: int, total: int | None) -> None:
    if total:
        click.echo(f"\r{received / total:4.0%} of {total >> 20} MB", nl=False, err=True)
