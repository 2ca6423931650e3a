"""The slow work of this package: files for export. Decides nothing."""

import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from core import exits, jobs
from core.database import db
from core.errors import NotReadyError
from core.exits import ExitAudience, ExitUse
from core.file_storage import StorageFullError, StoredFile, current_storage
from core.leases import Work
from core.models import Queue
from core.settings import current_settings
from review.exports import export_requests
from review.exports.evidence_reader import read_call
from review.exports.export_options import ExportOptions
from review.exports.exported_call import ExportedCall
from review.exports.file_writing import build_file_name, write_export
from review.models import ExportRequest
from review.search import vector_store
from transcripts.mapping.similarity import BUNDLED_PACKAGE, Similarity, load_similarity

WORKING_FOLDER_PREFIX = "export-"


@jobs.job(export_requests.MAKE_EXPORT_JOB, Queue.FILES)
@exits.returns(
    "a file of evidence, stored encrypted",
    ExitUse.EXPORT,
    ExitUse.SHARING,
    ExitUse.ARCHIVING,
    ExitUse.LISTENING,
    to=ExitAudience.WORKER,
)
def make_export(work: Work) -> None:
    """If it is killed, the next attempt deletes what it left."""
    with work.read_transaction():
        row = db.session.get(ExportRequest, work.subject_id)
        if row is None or row.made_at is not None or row.erased_at is not None:
            return
        options = export_requests.get_options(row)
        call = read_call(row.call, options)
    storage = current_storage()
    with work.write_transaction():
        left = export_requests.reserve_path(db.session.get_one(ExportRequest, work.subject_id))
        path = str(db.session.get_one(ExportRequest, work.subject_id).storage_path)
    if left:
        storage.delete(left)
    is_recorded = False
    try:
        stored = _store_file(work, call, options, path)
        with work.write_transaction():
            export_requests.record_made(
                db.session.get_one(ExportRequest, work.subject_id),
                stored,
                build_file_name(call, options),
                [one.id for one in call.contributions],
            )
        is_recorded = True
    finally:
        if not is_recorded:
            storage.delete(path)


def _store_file(work: Work, call: ExportedCall, options: ExportOptions, path: str) -> StoredFile:
    storage = current_storage()
    with TemporaryDirectory(prefix=WORKING_FOLDER_PREFIX, dir=current_settings().data_folder) as folder:
        target = Path(folder) / "export"
        write_export(call, options, target, storage, work.estimate_progress)
        try:
            with target.open("rb") as file:
                size = target.stat().st_size
                return storage.store(file, path, announced_bytes=size, max_bytes=sys.maxsize)
        except StorageFullError as error:
            raise NotReadyError("There is not enough disk space for this file.") from error


@jobs.job(vector_store.EMBED_JOB, Queue.LONG)
@exits.returns("the meaning of texts as vectors, stored", ExitUse.SEARCH, to=ExitAudience.WORKER)
def prepare_search_by_meaning(work: Work) -> None:
    """Only this needs torch; the vectors of what nobody may read are never compared."""
    similarity: Similarity | None = None
    while True:
        with work.read_transaction():
            parts = vector_store.list_parts_to_embed()
        if not parts:
            return
        similarity = similarity or load_similarity()
        vectors = similarity.embed([part.text for part in parts])
        with work.write_transaction():
            vector_store.store_vectors(parts, vectors)


@jobs.run_at_each_sweep
def enqueue_search_by_meaning() -> None:
    """Nothing waits in an installation without the model."""
    call_id = vector_store.find_call_to_prepare() if find_spec(BUNDLED_PACKAGE) else None
    if call_id is not None:
        jobs.enqueue(vector_store.EMBED_JOB, call_id)
        db.session.commit()


@jobs.run_at_each_sweep
def erase_outdated_exports() -> None:
    export_requests.erase_outdated_files()
    db.session.commit()
