"""Real worker processes for tests, started as an operator starts them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import has_app_context

from core.database import db
from core.models import Queue
from core.settings import PROJECT_ROOT, Settings

START_SECONDS = 120  # a busy machine
CLOCK_OFFSET_FILE = "clock-ahead"  # a file in the data folder that tests/support/shifted_clock_app.py reads


@contextmanager
def run_worker(
    settings: Settings, queue: Queue, *, app: str = "tests.support.slow_job_app", **changes: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """`flask core work QUEUE`, with the job of tests/support/slow_job_app.py; killed at the end if it still runs."""
    values = {
        "DATA_FOLDER": str(settings.data_folder),
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        **changes,
    }
    environ = {**os.environ, **{f"LISTENING_POST_{name}": value for name, value in values.items()}}
    command = [sys.executable, "-m", "flask", "--app", app, "core", "work", queue.value]
    with (settings.data_folder / f"{queue.value}.log").open("ab") as log:
        child = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environ, stdout=log, stderr=log)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def wait_until(is_so: Callable[[], bool], seconds: float = START_SECONDS) -> float:
    """How many seconds it took; fails the test when it never is."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, "This did not happen in time."
        if has_app_context():
            db.session.rollback()  # this transaction has SQLite's only write lock, which the worker waits for
        time.sleep(0.05)
    return time.monotonic() - began
