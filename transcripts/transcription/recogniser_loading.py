"""Load the recogniser that the settings name, and describe what it will do with a recording."""

from collections.abc import Callable
from datetime import timedelta

from core import clock
from core.errors import NotReadyError
from core.settings import PROJECT_ROOT, current_settings
from evidence import languages
from transcripts.model_store import downloads
from transcripts.model_store.catalogue import find_model
from transcripts.model_store.installed_models import get_weights_folder
from transcripts.model_store.model_facts import EngineName, MissingWeightsError, ModelFacts
from transcripts.recognition.engines import load_recogniser
from transcripts.recognition.model_cache import load_while_checking
from transcripts.recognition.recogniser import Recogniser, UnsupportedLanguageError
from transcripts.transcription.pipeline import TranscriptionPlan

MAX_DOWNLOAD_WAIT = timedelta(minutes=30)  # the worker that should download may be on another machine, or stopped


def require_no_running_download(plan: TranscriptionPlan) -> None:
    """Otherwise the model would be downloaded twice. Raises NotReadyError."""
    model = find_model(plan.model)
    job = downloads.get_latest_fetch(model) if model else None
    if job is None or not job.is_active or clock.now() - job.created_at > MAX_DOWNLOAD_WAIT:
        return
    raise NotReadyError(
        f"The transcription model {plan.model} is being downloaded ({job.progress:.0%}). Transcription starts within"
        " two minutes after that."
    )


def load_planned_recogniser(plan: TranscriptionPlan, check_cancelled: Callable[[], object]) -> Recogniser:
    """Loads in a thread, so that cancelling does not have to wait for a large model. Raises NotReadyError."""
    settings = current_settings()
    in_project = PROJECT_ROOT / plan.model  # "samples/demo.pt" is relative to the project, wherever the worker started
    model = str(in_project) if in_project.exists() else plan.model
    folder, source = get_weights_folder(settings), settings.weights_url
    try:
        engine = EngineName(settings.recogniser)
        return load_while_checking(
            lambda: load_recogniser(engine, model, folder, source, beams=settings.whisper_beams), check_cancelled
        )
    except MissingWeightsError as error:
        raise NotReadyError(str(error)) from error


def describe_planned_run(recogniser: Recogniser, plan: TranscriptionPlan) -> ModelFacts:
    try:
        return recogniser.describe_run(language=plan.language, glossary=plan.glossary)
    except UnsupportedLanguageError as error:
        raise NotReadyError(
            f"The current model, {recogniser.facts.name}, cannot transcribe"
            f" {languages.get_language_name(plan.language)}. If another language is spoken, change the language of the"
            " recording. Otherwise, the person who runs this installation has to choose a model that knows it: one"
            " whose name does not end in “.en”. The recording is kept, and will be transcribed as soon as possible."
        ) from error
