"""Enqueue, find and cancel downloads of models. The download is a job (tasks.py); callers commit."""

from pathlib import Path
from uuid import UUID, uuid5

from accounts import audit
from core import jobs
from core.errors import RuleError
from core.models import Job
from core.settings import Settings
from transcripts.model_store.catalogue import KnownModel, find_model
from transcripts.model_store.installed_models import read_inventory
from transcripts.model_store.sentence_weights import SENTENCES_NAME
from transcripts.model_store.voice_weights import VOICES_NAME

FETCH_MODEL_JOB = "fetch model"
FETCH_VOICES_JOB = "fetch voices"
FETCH_SENTENCES_JOB = "fetch sentences"
FETCH_PRIORITY = 60.0  # after checks of files, which take less time
MODEL_ID_NAMESPACE = UUID("6d0f0c42-8f0e-4cf0-9a8e-0d6f3c2b7a51")  # a job needs a subject, and a model has no row


class NoSuchModelError(RuleError): ...


class ModelAlreadyPresentError(RuleError): ...


def get_fetchable_model(name: str) -> KnownModel:
    model = find_model(name)
    if model is None or model.is_demonstration:
        raise NoSuchModelError(f"“{name}” is not a model that you can download.")
    return model


def find_usable_path(model: KnownModel, settings: Settings) -> Path | None:
    """Where the model is installed, in a form that the engine in the settings can read."""
    inventory = read_inventory(settings)
    stored = inventory.find_stored(model)
    return stored.path if stored and inventory.can_use(stored) else None


def enqueue_fetch(model: KnownModel, settings: Settings) -> Job:
    if (path := find_usable_path(model, settings)) is not None:
        raise ModelAlreadyPresentError(f"The model {model.name} is already installed: {path}.")
    row = jobs.enqueue(FETCH_MODEL_JOB, _get_job_subject(model), {"model": model.name}, priority=FETCH_PRIORITY)
    audit.record("model asked for", model=model.name)
    return row


def enqueue_voices_fetch() -> Job:
    row = jobs.enqueue(FETCH_VOICES_JOB, uuid5(MODEL_ID_NAMESPACE, VOICES_NAME), priority=FETCH_PRIORITY)
    audit.record("model asked for", model=VOICES_NAME)
    return row


def enqueue_sentences_fetch() -> Job:
    row = jobs.enqueue(FETCH_SENTENCES_JOB, uuid5(MODEL_ID_NAMESPACE, SENTENCES_NAME), priority=FETCH_PRIORITY)
    audit.record("model asked for", model=SENTENCES_NAME)
    return row


def get_latest_fetch(model: KnownModel) -> Job | None:
    return jobs.find_latest(FETCH_MODEL_JOB, _get_job_subject(model))


def list_latest_fetches(models: tuple[KnownModel, ...]) -> dict[str, Job]:
    ids = {_get_job_subject(model): model.name for model in models}
    return {ids[subject_id]: row for (_, subject_id), row in jobs.find_latest_by_subject(list(ids)).items()}


def cancel_fetch(model: KnownModel) -> None:
    job = get_latest_fetch(model)
    if job is not None and job.is_active:
        jobs.cancel(job)
        audit.record("model no longer asked for", model=model.name)


def _get_job_subject(model: KnownModel) -> UUID:
    return uuid5(MODEL_ID_NAMESPACE, model.name)
