"""The stored files of exports, for the check that none is missing."""

from collections.abc import Iterator

from sqlalchemy import select

from core import storage_check
from core.database import db, read_only_transactions
from review.models import ExportRequest


@storage_check.list_paths_in_use
def list_paths() -> Iterator[str]:
    with read_only_transactions():
        query = select(ExportRequest.storage_path).where(ExportRequest.made_at.is_not(None))
        yield from (path for path in db.session.scalars(query) if path is not None)
        db.session.rollback()
