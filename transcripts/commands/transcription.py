"""`flask transcripts transcribe`: turn a recording into a transcript file. No database; nothing leaves the machine."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from core import exits
from core.exits import ExitAudience, ExitUse
from core.settings import current_settings
from transcripts.audio import decoder
from transcripts.audio.audio_facts import UnusableRecordingError
from transcripts.audio.streams import AudioSource, open_audio_file
from transcripts.commands.output import write_output
from transcripts.model_store import voice_weights
from transcripts.model_store.installed_models import get_weights_folder
from transcripts.model_store.model_facts import EngineName, MissingWeightsError, compute_sha256
from transcripts.recognition.engines import load_recogniser
from transcripts.recognition.glossary import split_terms
from transcripts.recognition.progress import RecognitionProgress
from transcripts.recognition.recogniser import Recogniser, UnsupportedLanguageError, assemble_transcript
from transcripts.speakers import diarisation
from transcripts.speakers.speaker_note import describe_assignment
from transcripts.text.spoken import SpokenTranscript
from transcripts.text.transcript_json import transcript_to_json

NOT_FOR_REAL_VOICES = "The demonstration model only understands its sample voices, so do not use this transcript."


@click.command("transcribe")
@click.argument("recording", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", metavar="NAME or PATH", help="A Whisper model; default: the one in the settings.")
@click.option("--language", help="Such as en or cy; default: detected.")
@click.option("--glossary", default="", metavar="TEXT", help="Names and terms that may be said, separated by commas.")
@click.option(
    "--guess-speakers",
    is_flag=True,
    help="Guess who speaks by voice where one microphone recorded everyone. A guess: check it before you use it.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write; default: standard output.")
@exits.returns("the text of the recording", ExitUse.OPERATOR_FILE, to=ExitAudience.OPERATOR)
def transcribe_recording(
    recording: Path,
    *,
    model: str | None,
    language: str | None,
    glossary: str,
    guess_speakers: bool,
    output: Path | None,
) -> None:
    """Transcribe a recording to transcript JSON."""
    settings = current_settings()
    try:
        sounds = _open_channels(recording)
        recogniser = load_recogniser(
            EngineName(settings.recogniser),
            model or settings.whisper_model,
            get_weights_folder(settings),
            settings.weights_url,
            beams=settings.whisper_beams,
        )
        recognised = [(sound, _recognise_sound(sound, recogniser, language, split_terms(glossary))) for sound in sounds]
        assigned = _assign_speakers(recognised, may_guess=guess_speakers)
    except (UnusableRecordingError, MissingWeightsError, UnsupportedLanguageError) as error:
        raise click.ClickException(str(error)) from error
    if recogniser.facts.is_demonstration:
        click.echo(NOT_FOR_REAL_VOICES, err=True)
    if guess_speakers:
        click.echo(describe_assignment(assigned.source, assigned.note), err=True)
    write_output(json.dumps(transcript_to_json(assigned.spoken), ensure_ascii=False, indent=1), output)


def _assign_speakers(
    recognised: Sequence[diarisation.RecognisedSound], *, may_guess: bool
) -> diarisation.SpeakerAssignment:
    if not may_guess:
        return diarisation.assign_by_channel(recognised, _never_cancel)
    return diarisation.assign_speakers(
        recognised, voice_weights.find_voice_encoder(get_weights_folder(current_settings())), _never_cancel
    )


def _open_channels(recording: Path) -> list[AudioSource]:
    facts, sha256 = decoder.probe(recording), compute_sha256(recording)

    def open_channel(channel: int | None) -> AudioSource:
        return open_audio_file(recording, fingerprint=sha256, seconds=facts.duration_seconds, channel=channel)

    return [
        open_channel(channel) for channel in diarisation.choose_channels(facts.channels, open_channel, _never_cancel)
    ]


def _never_cancel() -> None: ...


def _recognise_sound(
    sound: AudioSource, recogniser: Recogniser, language: str | None, glossary: Sequence[str]
) -> SpokenTranscript:
    def show_progress(progress: RecognitionProgress) -> None:
        click.echo(f"\r{progress.share:4.0%}", nl=progress.share >= 1, err=True)

    windows = recogniser.recognise(sound, language=language, glossary=glossary, on_progress=show_progress)
    return assemble_transcript(windows, duration=sound.seconds, facts=recogniser.facts, language=language)
