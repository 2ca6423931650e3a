"""`flask transcripts import`: turn a transcript made elsewhere into transcript JSON, without a database."""

import json
from pathlib import Path

import click

from core import exits
from core.exits import ExitAudience, ExitUse
from transcripts.commands.output import write_output
from transcripts.importing import (
    MAX_BYTES,
    ImportedTranscript,
    NotATranscriptError,
    compute_speaker_shares,
    read_transcript,
)
from transcripts.text.transcript_json import transcript_to_json


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--speakers", is_flag=True, help="Show how much each speaker says, with an example.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write; standard output by default.")
@exits.returns("the text of the file", ExitUse.OPERATOR_FILE, to=ExitAudience.OPERATOR)
def import_transcript(file: Path, speakers: bool, output: Path | None) -> None:
    """Read a transcript made elsewhere (VTT, SRT, DOCX, TXT, JSON) and write it as transcript JSON.

    Names of speakers become letters. "times" is "exact", "turns" or "estimated". Lines that were left out, and texts
    that may be names, are listed on standard error.
    """
    read = _read_file(file)
    _report_doubts(read)
    if speakers:
        for speaker in compute_speaker_shares(read.spoken):
            click.echo(f"{speaker.letter or '-'} {speaker.share:4.0%}  {speaker.sample}", err=True)
    data = {**transcript_to_json(read.spoken), "times": read.times.value}
    write_output(json.dumps(data, ensure_ascii=False, indent=1), output)


def _report_doubts(read: ImportedTranscript) -> None:
    for line in read.left_out:
        click.echo(f"Left out: {line.text}", err=True)
    for label in read.doubtful:
        reading = "a speaker’s name" if label.is_name else "speech"
        click.echo(f"Doubtful: “{label.text}” ({label.count}), read as {reading}", err=True)


def _read_file(file: Path) -> ImportedTranscript:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise click.ClickException(f"{file} is far larger than the text of an interview.")
        return read_transcript(file.read_bytes())
    except NotATranscriptError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from error
