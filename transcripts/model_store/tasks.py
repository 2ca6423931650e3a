"""Download a model, however long it takes. Decides nothing."""

from pathlib import Path

from core import jobs
from core.errors import RuleError
from core.leases import Work
from core.models import Queue
from core.settings import current_settings
from transcripts.model_store import downloads
from transcripts.model_store.file_fetching import NotFetchedError, fetch_file


@jobs.job(downloads.FETCH_MODEL_JOB, Queue.FILES)
def fetch_model(work: Work) -> None:
    settings = current_settings()
    model = downloads.get_fetchable_model(work.arguments["model"])

    def report(received: int, total: int | None) -> None:
        work.estimate_progress(received / (total or model.megabytes * 1_000_000))

    target = Path(downloads.get_target_path(model, settings))
    try:
        fetch_file(downloads.build_model_url(model, settings), target, model.sha256, report)
    except NotFetchedError as error:
        raise RuleError(str(error)) from error
