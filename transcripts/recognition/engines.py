"""Which engine recognises speech here, as the settings say. Imports it only when asked: torch takes seconds."""

from pathlib import Path

from transcripts.model_store.model_facts import EngineName, MissingWeightsError
from transcripts.recognition.recogniser import Recogniser


class MissingEngineError(MissingWeightsError):
    """The engine's package is not on this machine; the message says how to get it there."""


def load_recogniser(engine: EngineName, model: str, weights_folder: Path, source: str | None = None) -> Recogniser:
    """`source`: whence a model comes that is not here. Raises MissingWeightsError, MissingEngineError."""
    if engine is EngineName.OPENAI_WHISPER:
        from transcripts.recognition import whisper_engine

        return whisper_engine.load_whisper(model, weights_folder, source)
    try:
        from transcripts.recognition.faster_engine import load_faster_whisper
    except ModuleNotFoundError as error:
        raise MissingEngineError(
            f"The settings ask for faster-whisper, but {error.name} is not on this machine. Install it with"
            " “python3 bootstrap.py worker faster”, or leave LISTENING_POST_RECOGNISER out. Recordings are kept, and"
            " waiting ones are transcribed as soon as it is there."
        ) from error
    return load_faster_whisper(model, weights_folder)
