"""`flask transcripts transcribe`: a recording in, a transcript file out. No database; nothing leaves the machine."""

import json
from collections.abc import Sequence
from pathlib import Path

import click
from flask import current_app

from core.settings import Settings
from transcripts.command_output import write_out
from transcripts.recognition.engines import EngineName, load_recogniser
from transcripts.recognition.glossary import terms_of
from transcripts.recognition.pace import Progress
from transcripts.recognition.recogniser import (
    WHISPERS_OWN_FOLDER,
    LanguageNotKnownError,
    MissingWeightsError,
    Recogniser,
    sha256_of,
    transcript_of,
)
from transcripts.sound import audio
from transcripts.sound.facts import UnsoundRecordingError
from transcripts.sound.streams import Sound, decoded_file
from transcripts.speakers import apart
from transcripts.spoken import SpokenTranscript
from transcripts.transcript_json import transcript_to_json

NOT_FOR_REAL_VOICES = "The demonstration model understands its sample voices only: this text is not for real voices."


@click.command("transcribe")
@click.argument("recording", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", metavar="NAME or PATH", help="A Whisper model; the one in the settings if left out.")
@click.option("--language", help="Such as en or cy; detected if left out.")
@click.option("--glossary", default="", metavar="TEXT", help="Names and terms likely to be said, between commas.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write; standard output if left out.")
def transcribe(recording: Path, model: str | None, language: str | None, glossary: str, output: Path | None) -> None:
    """Write down what is said in a recording, as transcript JSON."""
    settings: Settings = current_app.extensions["settings"]
    try:
        facts, mark = audio.probe(recording), sha256_of(recording)
        engine, folder = EngineName(settings.recogniser), settings.weights_folder or WHISPERS_OWN_FOLDER
        recogniser = load_recogniser(engine, model or settings.whisper_model, folder, settings.weights_url)

        def sound_of(channel: int | None) -> Sound:
            return decoded_file(recording, mark=mark, seconds=facts.duration_seconds, channel=channel)

        sounds = [sound_of(channel) for channel in apart.chosen_channels(facts.channels, sound_of, _go_on)]
        heard = [(sound, _written_down(sound, recogniser, language, terms_of(glossary))) for sound in sounds]
        transcript, _ = apart.by_channel(heard, _go_on)
    except (UnsoundRecordingError, MissingWeightsError, LanguageNotKnownError) as error:
        raise click.ClickException(str(error)) from error
    if recogniser.facts.is_demonstration:
        click.echo(NOT_FOR_REAL_VOICES, err=True)
    write_out(json.dumps(transcript_to_json(transcript), ensure_ascii=False, indent=1), output)


def _go_on() -> None:
    """Whoever ran the command stops it from the keyboard."""


def _written_down(
    sound: Sound, recogniser: Recogniser, language: str | None, glossary: Sequence[str]
) -> SpokenTranscript:
    def show(progress: Progress) -> None:
        click.echo(f"\r{progress.share:4.0%}", nl=progress.share >= 1, err=True)

    windows = recogniser.recognise(sound, language=language, glossary=glossary, on_progress=show)
    return transcript_of(windows, duration=sound.seconds, facts=recogniser.facts, language=language)
