"""Load the recogniser of the engine that the settings name. Imports it only when needed: torch takes seconds."""

from pathlib import Path

from transcripts.model_store.model_facts import EngineName, MissingWeightsError
from transcripts.recognition.recogniser import Recogniser


class MissingEngineError(MissingWeightsError): ...


def load_recogniser(
    engine: EngineName, model: str, weights_folder: Path, source: str | None = None, *, beams: int | None = None
) -> Recogniser:
    """`source`: where to download a missing model; `beams`: 1 is greedy, None as suits the model.

    Raises MissingWeightsError, MissingEngineError.
    """
    if engine is EngineName.OPENAI_WHISPER:
        from transcripts.recognition import whisper_engine

        options = whisper_engine.WhisperOptions(beam_size=beams)
        return whisper_engine.load_whisper(model, weights_folder, source, options=options)
    try:
        from transcripts.recognition.faster_engine import FasterWhisperOptions, load_faster_whisper
    except ModuleNotFoundError as error:
        raise MissingEngineError(
            f"The settings name faster-whisper, but {error.name} is not installed. Install it with"
            " “python3 bootstrap.py worker faster”, or remove LISTENING_POST_RECOGNISER. Recordings are kept, and"
            " waiting ones are transcribed as soon as it is installed."
        ) from error
    return load_faster_whisper(model, weights_folder, options=FasterWhisperOptions(beam_size=beams))
