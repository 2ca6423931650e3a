"""`flask transcripts map`: read a transcript file, write it mapped to questions. No database; mapping/ decides."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from core import exits
from core.exits import ExitAudience, ExitUse
from core.settings import load_settings
from evidence.schedule import ScheduleError
from transcripts import mapping
from transcripts.commands.output import write_output
from transcripts.mapping import MappingInputError, mapping_json
from transcripts.mapping.model_names import SMALL_MODEL
from transcripts.model_store.installed_models import get_weights_folder
from transcripts.text.transcript_json import TranscriptFormatError, transcript_from_json

if TYPE_CHECKING:
    from transcripts.mapping.similarity import Similarity

SMALL_MODEL_HINT = (
    "Mapped with the small language model. The larger one is more often right, and slower (404 MB):"
    " flask transcripts models download sentences"
)
Value = TypeVar("Value")
READABLE_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("map")
@click.argument("transcript", type=READABLE_FILE)
@click.option(
    "--schedule", required=True, type=READABLE_FILE, help="The call’s questions, or a file that contains them."
)
@click.option(
    "--written", multiple=True, type=READABLE_FILE, help="A written contribution to the same call; repeatable."
)
@click.option("--reviewed", multiple=True, type=READABLE_FILE, help="A mapped and reviewed transcript; repeatable.")
@click.option("--markers", type=READABLE_FILE, help="The moments when questions were asked.")
@click.option("--model", type=click.Path(path_type=Path), help="Another language model’s folder.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write; default: standard output.")
@exits.returns("the text of the files", ExitUse.OPERATOR_FILE, to=ExitAudience.OPERATOR)
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
    data = _load_json(transcript)
    spoken = _parse_file(transcript, data, transcript_from_json)
    questions = _parse_file(schedule, _load_json(schedule), mapping_json.find_schedule_in_json)
    mapped = _map_segments(
        spoken.segments,
        questions,
        written=[_parse_file(path, _load_json(path), mapping_json.written_from_json) for path in written],
        reviewed=[_parse_file(path, _load_json(path), mapping_json.reviewed_from_json) for path in reviewed],
        markers=_parse_file(markers, _load_json(markers), mapping_json.markers_from_json) if markers else (),
        language=spoken.language,
        model=model,
    )
    write_output(json.dumps(mapping_json.mapping_to_json(data, mapped), ensure_ascii=False, indent=1), output)


def _map_segments(segments: Any, schedule: Any, *, model: Path | None, **context: Any) -> mapping.SpeechMapping:
    from transcripts.mapping.similarity import SimilarityUnavailableError

    try:
        return mapping.map_speech(segments, schedule, similarity=_load_similarity(model), **context)
    except (MappingInputError, SimilarityUnavailableError) as error:
        raise click.ClickException(str(error)) from error


def _load_similarity(model: Path | None) -> "Similarity":
    from transcripts.mapping.similarity import load_similarity

    settings = load_settings()
    loaded = load_similarity(model or settings.embedding_model, get_weights_folder(settings))
    if loaded.model_name == SMALL_MODEL and not (model or settings.embedding_model):
        click.echo(SMALL_MODEL_HINT, err=True)
    return loaded


def _load_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise click.ClickException(f"{path} cannot be read as JSON: {error}") from error


def _parse_file(path: Path, data: Any, reader: Callable[[Any], Value]) -> Value:
    try:
        return reader(data)
    except (MappingInputError, ScheduleError, TranscriptFormatError) as error:
        raise click.ClickException(f"{path}: {error}") from error
