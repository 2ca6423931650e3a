"""`flask transcripts map`: a transcript file in, a mapped transcript out. No database; what decides is in mapping/."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from evidence.schedule import ScheduleError
from transcripts import mapping
from transcripts.command_output import write_out
from transcripts.mapping import MappingInputError, mapping_json
from transcripts.transcript_json import TranscriptFormatError, transcript_from_json

Value = TypeVar("Value")
READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("map")
@click.argument("transcript", type=READABLE)
@click.option("--schedule", required=True, type=READABLE, help="The call’s questions, or a file that holds them.")
@click.option("--written", multiple=True, type=READABLE, help="A written contribution to the same call; repeatable.")
@click.option("--reviewed", multiple=True, type=READABLE, help="A mapped transcript people have accepted; repeatable.")
@click.option("--markers", type=READABLE, help="Moments at which questions were asked.")
@click.option("--model", type=click.Path(path_type=Path), help="Another language model’s folder.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write; standard output if left out.")
def map_transcript(  # noqa: PLR0917 - click passes each by its name
    transcript: Path,
    schedule: Path,
    written: tuple[Path, ...],
    reviewed: tuple[Path, ...],
    markers: Path | None,
    model: Path | None,
    output: Path | None,
) -> None:
    """Map a transcript's speech to the questions of a schedule."""
    data = _json(transcript)
    spoken = _read(transcript, data, transcript_from_json)
    questions = _read(schedule, _json(schedule), mapping_json.schedule_from_any_json)
    found = _mapped(
        spoken.segments,
        questions,
        written=[_read(path, _json(path), mapping_json.written_from_json) for path in written],
        reviewed=[_read(path, _json(path), mapping_json.reviewed_from_json) for path in reviewed],
        markers=_read(markers, _json(markers), mapping_json.markers_from_json) if markers else (),
        language=spoken.language,
        model=model,
    )
    write_out(json.dumps(mapping_json.mapped_to_json(data, found), ensure_ascii=False, indent=1), output)


def _mapped(segments: Any, schedule: Any, *, model: Path | None, **given: Any) -> mapping.SpeechMapping:
    from transcripts.mapping.similarity import SimilarityUnavailableError, load_similarity

    try:
        return mapping.map_speech(segments, schedule, similarity=load_similarity(model), **given)
    except (MappingInputError, SimilarityUnavailableError) as error:
        raise click.ClickException(str(error)) from error


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise click.ClickException(f"{path} cannot be read as JSON: {error}") from error


def _read(path: Path, data: Any, reader: Callable[[Any], Value]) -> Value:
    try:
        return reader(data)
    except (MappingInputError, ScheduleError, TranscriptFormatError) as error:
        raise click.ClickException(f"{path}: {error}") from error
