"""Fetch a model, however long it takes. Decides nothing."""

from pathlib import Path

from core import jobs
from core.errors import RuleError
from core.leases import Work
from core.models import Queue
from core.settings import current_settings
from transcripts.weights import downloads
from transcripts.weights.fetching import NotFetchedError, fetch


@jobs.job(downloads.FETCH_MODEL, Queue.FILES)
def fetch_model(work: Work) -> None:
    settings = current_settings()
    model = downloads.model_named(work.arguments["model"])

    def report(here: int, whole: int | None) -> None:
        work.report(here / (whole or model.megabytes * 1_000_000))

    target = Path(downloads.target_of(model, settings))
    try:
        fetch(downloads.address_of(model, settings), target, model.sha256, report)
    except NotFetchedError as error:
        raise RuleError(str(error)) from error
