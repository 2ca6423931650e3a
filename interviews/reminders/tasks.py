"""The worker queues the reminders that are due, at each sweep."""

import logging
import time

from core import jobs
from core.database import db, read_only_transactions
from interviews.reminders.due_reminders import PlannedReminder, list_due_reminders
from interviews.reminders.reminders import process_reminder

SWEEP_SECONDS = 20.0  # the rest waits for the next sweep, so that other email is not delayed
log = logging.getLogger(__name__)


@jobs.run_at_each_sweep
def send_due_reminders() -> None:
    ends_at = time.monotonic() + SWEEP_SECONDS
    with read_only_transactions():
        planned = list_due_reminders()
        db.session.rollback()
    for reminder in planned:
        if time.monotonic() > ends_at:
            return
        _process_in_transaction(reminder)


def _process_in_transaction(planned: PlannedReminder) -> None:
    try:
        process_reminder(planned)
        db.session.commit()
    except Exception:  # one failure must not block the others
        log.exception("The reminder of invitation %s waits for the next sweep", planned.invitation_id)
        db.session.rollback()
