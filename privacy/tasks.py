"""What the workers do for this package: erase what is due, make personal copies, delete old ones."""

import logging
from uuid import UUID

from core import clock, exits, jobs
from core.database import db
from core.exits import ExitAudience, ExitUse
from core.file_storage import current_storage
from core.leases import Work
from core.models import Queue
from privacy.models import PersonalCopy, WithdrawalRequest
from privacy.own_data import copies, copy_files
from privacy.withdrawals import requests, running

log = logging.getLogger(__name__)


@jobs.run_at_each_sweep
def erase_what_is_due() -> None:
    """Each withdrawal is committed separately: a kill leaves nothing that the next sweep does not erase."""
    due = requests.list_due(clock.now())
    db.session.rollback()
    for request_id in due:
        _run_withdrawal(request_id)


@jobs.run_at_each_sweep
def delete_expired_copies() -> None:
    for row in copies.list_expired(clock.now()):
        current_storage().delete(row.storage_path)
        db.session.delete(row)
        db.session.commit()
    db.session.rollback()


@jobs.job(copies.MAKE_COPY_JOB, Queue.FILES)
@exits.returns("everything of one person, as an encrypted file", ExitUse.OWN_COPY, to=ExitAudience.PERSON)
def make_personal_copy(work: Work) -> None:
    with work.read_transaction():
        row = db.session.get(PersonalCopy, work.subject_id)
        path = row.storage_path if row is not None else None
        pages = copies.collect(row.participant) if row is not None else None
    if path is None or pages is None:
        return
    stored = copy_files.store_copy(pages, path)
    with work.write_transaction():
        copies.mark_ready(work.subject_id, stored)


def _run_withdrawal(request_id: UUID) -> None:
    try:
        running.run(db.session.get_one(WithdrawalRequest, request_id))
        db.session.commit()
    except Exception:  # one file that cannot be removed must not keep what others withdrew
        db.session.rollback()
        log.exception("A withdrawal could not be completed; the next sweep tries again.")
