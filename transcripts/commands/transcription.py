"""`flask transcripts transcribe`: a recording in, a transcript file out. No database; nothing leaves the machine."""

import json
from collections.abc import Sequence
from pathlib import Path

import click
from flask import current_app

from core.settings import Settings
from transcripts.audio import decoder
from transcripts.audio.audio_facts import UnusableRecordingError
from transcripts.audio.streams import AudioSource, open_audio_file
from transcripts.commands.output import write_output
from transcripts.model_store.model_facts import WHISPER_CACHE_FOLDER, EngineName, MissingWeightsError, compute_sha256
from transcripts.recognition.engines import load_recogniser
from transcripts.recognition.glossary import split_terms
from transcripts.recognition.progress import RecognitionProgress
from transcripts.recognition.recogniser import Recogniser, UnsupportedLanguageError, assemble_transcript
from transcripts.speakers import diarisation
from transcripts.text.spoken import SpokenTranscript
from transcripts.text.transcript_json import transcript_to_json

NOT_FOR_REAL_VOICES = "The demonstration model understands its sample voices only: this text is not for real voices."


@click.command("transcribe")
@click.argument("recording", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", metavar="NAME or PATH", help="A Whisper model; the one in the settings if left out.")
@click.option("--language", help="Such as en or cy; detected if left out.")
@click.option("--glossary", default="", metavar="TEXT", help="Names and terms likely to be said, between commas.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write; standard output if left out.")
def transcribe_recording(
    recording: Path, model: str | None, language: str | None, glossary: str, output: Path | None
) -> None:
    """Write down what is said in a recording, as transcript JSON."""
    settings: Settings = current_app.extensions["settings"]
    try:
        facts, mark = decoder.probe(recording), compute_sha256(recording)
        engine, folder = EngineName(settings.recogniser), settings.weights_folder or WHISPER_CACHE_FOLDER
        recogniser = load_recogniser(engine, model or settings.whisper_model, folder, settings.weights_url)

        def sound_of(channel: int | None) -> AudioSource:
            return open_audio_file(recording, fingerprint=mark, seconds=facts.duration_seconds, channel=channel)

        sounds = [sound_of(channel) for channel in diarisation.choose_channels(facts.channels, sound_of, _never_cancel)]
        heard = [(sound, _recognise_sound(sound, recogniser, language, split_terms(glossary))) for sound in sounds]
        transcript, _ = diarisation.assign_by_channel(heard, _never_cancel)
    except (UnusableRecordingError, MissingWeightsError, UnsupportedLanguageError) as error:
        raise click.ClickException(str(error)) from error
    if recogniser.facts.is_demonstration:
        click.echo(NOT_FOR_REAL_VOICES, err=True)
    write_output(json.dumps(transcript_to_json(transcript), ensure_ascii=False, indent=1), output)


def _never_cancel() -> None:
    """Whoever ran the command stops it from the keyboard."""


def _recognise_sound(
    sound: AudioSource, recogniser: Recogniser, language: str | None, glossary: Sequence[str]
) -> SpokenTranscript:
    def show(progress: RecognitionProgress) -> None:
        click.echo(f"\r{progress.share:4.0%}", nl=progress.share >= 1, err=True)

    windows = recogniser.recognise(sound, language=language, glossary=glossary, on_progress=show)
    return assemble_transcript(windows, duration=sound.seconds, facts=recogniser.facts, language=language)
