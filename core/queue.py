"""The Huey queues and their consumers. What a job is and whether it may run is decided in jobs.py."""

from collections.abc import Callable
from threading import Lock
from typing import Any, cast
from uuid import UUID

from flask import Flask, current_app
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from psycopg.errors import DuplicateTable, UniqueViolation
from sqlalchemy.engine import make_url

from core import jobs
from core.models import Queue
from core.pulse import beating
from core.settings import Settings

WORKERS = {Queue.QUICK: 2, Queue.FILES: 2, Queue.LONG: 1}
IN_TURN = {Queue.FILES, Queue.LONG}  # what Huey hands over is a wake-up; whose turn it is, turns.py says


class Queues:
    """Hands job ids to Huey and runs what comes back, inside an application context."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app = app
        self._settings = settings
        self._opening, self._measured = Lock(), Lock()
        self._opened: dict[Queue, tuple[Huey, Callable[[str], object]]] = {}

    def hand_over(self, queue: Queue, job_id: UUID) -> None:
        _, run_job = self._open(queue)
        run_job(str(job_id))

    def consume(self, queue: Queue) -> None:
        """Run jobs of one queue until the process is ended. Only the quick consumer sweeps."""
        with beating(self.app, queue):
            if queue is Queue.QUICK:
                self._sweep()
            huey, _ = self._open(queue)
            if queue is Queue.QUICK:
                huey.periodic_task(crontab(), name="sweep")(self._sweep)
            huey.create_consumer(workers=WORKERS[queue], periodic=queue is Queue.QUICK, max_delay=1.0).run()

    def close(self) -> None:
        """Let go of the queues' own connections."""
        for huey, _ in self._opened.values():
            huey.storage.close()
        self._opened.clear()

    def _open(self, queue: Queue) -> tuple[Huey, Callable[[str], object]]:
        """Opened at first use: commands that need no job leave no queue behind."""
        with self._opening:
            if queue not in self._opened:
                huey = _huey(self._settings, queue)
                self._opened[queue] = huey, huey.task(name="run_job")(self._work_on(queue))
            return self._opened[queue]

    def _work_on(self, queue: Queue) -> Callable[[str], None]:
        def run_job(job_id: str) -> None:
            with self.app.app_context():
                if queue not in IN_TURN:
                    jobs.run(UUID(job_id))
                elif queue is Queue.FILES:
                    self._keep_one_free(queue)
                else:
                    jobs.run_next(queue)

        return run_job

    def _keep_one_free(self, queue: Queue) -> None:
        """One thread at a time may take what is measured in seconds; the others wait for files to join and check.

        Since the others use up wake-ups for what they may not take, the one goes on until nothing is due.
        """
        if not self._measured.acquire(blocking=False):
            jobs.run_next(queue, only_small=True)
            return
        try:
            while jobs.run_next(queue):
                pass
        finally:
            self._measured.release()

    def _sweep(self) -> None:
        with self.app.app_context():
            jobs.sweep()


def queues() -> Queues:
    return cast(Queues, current_app.extensions[jobs.QUEUES])


def _huey(settings: Settings, queue: Queue) -> Huey:
    url = make_url(settings.database_url)
    options: dict[str, Any] = {"results": False, "utc": True}
    if url.get_backend_name() == "postgresql":
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return _postgres_huey(queue, dsn, options)
    folder = settings.data_folder / "queue"
    folder.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(queue.value, filename=str(folder / f"{queue.value}.sqlite"), timeout=30, **options)


def _postgres_huey(queue: Queue, dsn: str, options: dict[str, Any]) -> Huey:
    """Web and workers start together and all make the queue's tables; whoever comes second finds them there."""
    try:
        return PostgresHuey(queue.value, dsn=dsn, **options)
    except (UniqueViolation, DuplicateTable):
        return PostgresHuey(queue.value, dsn=dsn, **options)
