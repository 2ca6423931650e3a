"""Download a model, however long it takes. Decides nothing."""

from core import jobs
from core.errors import RuleError
from core.leases import Work
from core.models import Queue
from core.settings import current_settings
from transcripts.model_store import downloads, model_sources, sentence_weights, voice_weights
from transcripts.model_store.file_fetching import NotFetchedError
from transcripts.model_store.installed_models import get_weights_folder
from transcripts.model_store.model_facts import EngineName


@jobs.job(downloads.FETCH_MODEL_JOB, Queue.FILES)
def fetch_model(work: Work) -> None:
    settings = current_settings()
    model = downloads.get_fetchable_model(work.arguments["model"])

    def report(received: int, total: int | None) -> None:
        work.estimate_progress(received / (total or model.megabytes * 1_000_000))

    engine = EngineName(settings.recogniser)
    try:
        model_sources.fetch_model(model, get_weights_folder(settings), settings.weights_url, report, engine=engine)
    except NotFetchedError as error:
        raise RuleError(str(error)) from error


@jobs.job(downloads.FETCH_VOICES_JOB, Queue.FILES)
def fetch_voices(work: Work) -> None:
    def report(received: int, total: int | None) -> None:
        work.estimate_progress(received / (total or voice_weights.VOICE_ENCODER.size_bytes))

    try:
        voice_weights.fetch_voice_encoder(get_weights_folder(current_settings()), report)
    except NotFetchedError as error:
        raise RuleError(str(error)) from error


@jobs.job(downloads.FETCH_SENTENCES_JOB, Queue.FILES)
def fetch_sentences(work: Work) -> None:
    def report(received: int, total: int | None) -> None:
        work.estimate_progress(received / (total or sentence_weights.SENTENCE_ARCHIVE.size_bytes))

    try:
        sentence_weights.fetch_sentence_model(get_weights_folder(current_settings()), report)
    except NotFetchedError as error:
        raise RuleError(str(error)) from error
