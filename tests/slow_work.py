"""The whole application with one more job, which lasts as long as a test wants. Started by tests/workers.py."""

import time
from pathlib import Path

from core import jobs
from core.leases import Work
from core.models import Queue
from wsgi import create_app

__all__ = ["create_app"]

SLOW = "slow work"
MAX_SECONDS = 60


@jobs.job(SLOW, Queue.LONG)
def work_until_told(work: Work) -> None:
    """Note each beginning in the file `begun`; end when the file `end` is there."""
    folder = Path(work.arguments["folder"])
    with (folder / "begun").open("a") as begun:
        begun.write(f"{work.token}\n")
    ends_at = time.monotonic() + MAX_SECONDS
    while not (folder / "end").exists() and time.monotonic() < ends_at:
        work.report(0.5)
        time.sleep(0.1)
