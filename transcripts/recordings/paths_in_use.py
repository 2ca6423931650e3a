"""The stored files that rows name, for the check that none is missing."""

from collections.abc import Iterator

from sqlalchemy import select

from core import storage_check
from core.database import db, read_only_transactions
from transcripts.models import Recording, Transcript

PATH_COLUMNS = (Recording.storage_path, Recording.listening_path, Transcript.source_path)


@storage_check.list_paths_in_use
def list_paths() -> Iterator[str]:
    with read_only_transactions():
        for column in PATH_COLUMNS:
            yield from (path for path in db.session.scalars(select(column)) if path is not None)
        db.session.rollback()
