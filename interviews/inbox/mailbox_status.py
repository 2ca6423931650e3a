"""Whether the reply mailbox can be read."""

from uuid import UUID

from core import jobs
from core.models import JobState
from core.settings import current_settings

READ_MAILBOX_JOB = "read the reply mailbox"
MAILBOX_ID = UUID("6a1c8a52-6f0e-4f0b-9b1e-0c2d7d6f9a11")  # there is only one


def get_mailbox_failure() -> str:
    latest = jobs.find_latest(READ_MAILBOX_JOB, MAILBOX_ID) if current_settings().imap else None
    return latest.message if latest is not None and latest.state in {JobState.WAITING, JobState.FAILED} else ""
