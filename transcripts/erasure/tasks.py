"""Erase what people took back, on the promised day."""

import logging
from uuid import UUID

from core import clock, jobs
from core.database import db
from evidence import consent_changes
from evidence.models import ConsentChange
from transcripts.erasure import erase_speech

log = logging.getLogger(__name__)


@jobs.run_at_each_sweep
def erase_withdrawn_speech() -> None:
    """Each person is committed separately, files first: a kill leaves nothing that the next sweep does not erase."""
    due = [row.id for row in consent_changes.list_due_for_erasure(clock.now().date())]
    db.session.rollback()
    for change_id in due:
        _erase(change_id)


def _erase(change_id: UUID) -> None:
    try:
        erase_speech.erase_speech(db.session.get_one(ConsentChange, change_id))
        db.session.commit()
    except Exception:  # one file that cannot be removed must not keep the words of everyone else
        db.session.rollback()
        log.exception("Speech could not be erased; the next sweep tries again.")
