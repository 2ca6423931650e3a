"""Ask for a model to be fetched, and say how far it is. The fetching is a job (tasks.py); callers commit."""

from uuid import UUID, uuid5

from accounts import audit
from core import jobs
from core.errors import RuleError
from core.models import Job
from core.settings import Settings
from transcripts.weights.catalogue import SOURCE, Model, named
from transcripts.weights.shelf import folder_of, shelf

FETCH_MODEL = "fetch model"
SECONDS = 60.0  # or hours: longer than a check of a file, which goes first
MODEL_IDS = UUID("6d0f0c42-8f0e-4cf0-9a8e-0d6f3c2b7a51")  # a job needs a subject, and a model has no row


class NoSuchModelError(RuleError):
    """Whisper has no model of that name."""


class AlreadyHereError(RuleError):
    """The model is on this machine."""


def model_named(name: str) -> Model:
    """One that can be fetched. Raises NoSuchModelError."""
    model = named(name)
    if model is None or model.is_demonstration:
        raise NoSuchModelError(f"“{name}” is not a model that can be fetched.")
    return model


def ask_for(model: Model, settings: Settings) -> Job:
    """Raises AlreadyHereError."""
    here = shelf(settings).of(model)
    if here is not None and not here.is_damaged:
        raise AlreadyHereError(f"The model {model.name} is here already: {here.path}.")
    row = jobs.request(FETCH_MODEL, _id_of(model), {"model": model.name}, rank=SECONDS)
    audit.record("model asked for", model=model.name)
    return row


def job_of(model: Model) -> Job | None:
    return jobs.latest(FETCH_MODEL, _id_of(model))


def jobs_of(models: tuple[Model, ...]) -> dict[str, Job]:
    """By name, in one query."""
    ids = {_id_of(model): model.name for model in models}
    return {ids[subject_id]: row for (_, subject_id), row in jobs.latest_of(list(ids)).items()}


def cancel(model: Model) -> None:
    job = job_of(model)
    if job is not None and job.is_active:
        jobs.cancel(job)
        audit.record("model no longer asked for", model=model.name)


def address_of(model: Model, settings: Settings) -> str:
    return model.address(settings.weights_url or SOURCE)


def target_of(model: Model, settings: Settings) -> str:
    return str(folder_of(settings) / model.file_name)


def _id_of(model: Model) -> UUID:
    return uuid5(MODEL_IDS, model.name)
