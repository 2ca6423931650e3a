"""`flask transcripts import`: a transcript of another tool in, transcript JSON out. No database; importing/ reads."""

import json
from pathlib import Path

import click

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
@click.option("--speakers", is_flag=True, help="Say how much each speaker says, by letter, and how they begin.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write; standard output if left out.")
def import_transcript(file: Path, speakers: bool, output: Path | None) -> None:
    """Read a transcript that another tool wrote (VTT, SRT, DOCX, TXT, JSON), as transcript JSON.

    Names of speakers become letters. The part "times" says what the times are worth.
    """
    read = _read_file(file)
    if speakers:
        for speaker in compute_speaker_shares(read.spoken):
            click.echo(f"{speaker.letter or '-'} {speaker.share:4.0%}  {speaker.sample}", err=True)
    data = {**transcript_to_json(read.spoken), "times": read.times.value}
    write_output(json.dumps(data, ensure_ascii=False, indent=1), output)


def _read_file(file: Path) -> ImportedTranscript:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise click.ClickException(f"{file} is far larger than the words of an interview.")
        return read_transcript(file.read_bytes())
    except NotATranscriptError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from error
