"""The whole application with one more job, which lasts as long as a test wants. Started by tests/support/workers.py."""

import time
from pathlib import Path

from core import jobs
from core.leases import Work
from core.models import Queue
from wsgi import create_app

__all__ = ["create_app"]

SLOW_JOB = "slow work"
MAX_SECONDS = 60


@jobs.job(SLOW_JOB, Queue.LONG)
def run_until_stopped(work: Work) -> None:
    """Note each beginning in the file `begun`; end when the file `end` is there."""
    folder = Path(work.arguments["folder"])
    with (folder / "begun").open("a") as begun:
        begun.write(f"{work.token}\n")
    ends_at = time.monotonic() + MAX_SECONDS
    while not (folder / "end").exists() and time.monotonic() < ends_at:
        work.estimate_progress(0.5)
        time.sleep(0.1)
