"""The Huey queues and their consumers. Which job runs is decided in jobs.py."""

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
from core.settings import Settings
from core.worker_health import send_heartbeats

THREADS_PER_QUEUE = {Queue.QUICK: 2, Queue.FILES: 2, Queue.LONG: 1}
PRIORITY_QUEUES = {Queue.FILES, Queue.LONG}  # Huey only wakes them up; job_order.py says which job is next


class HueyQueues:
    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app = app
        self._settings = settings
        self._opening_lock, self._long_job_lock = Lock(), Lock()
        self._open_queues: dict[Queue, tuple[Huey, Callable[[str], object]]] = {}

    def dispatch(self, queue: Queue, job_id: UUID) -> None:
        _, run_job = self._open_queue(queue)
        run_job(str(job_id))

    def consume(self, queue: Queue) -> None:
        """Run jobs of one queue until the process ends. Only the quick consumer sweeps."""
        with send_heartbeats(self.app, queue):
            if queue is Queue.QUICK:
                self._run_sweep()
            huey, _ = self._open_queue(queue)
            if queue is Queue.QUICK:
                huey.periodic_task(crontab(), name="sweep")(self._run_sweep)
            huey.create_consumer(workers=THREADS_PER_QUEUE[queue], periodic=queue is Queue.QUICK, max_delay=1.0).run()

    def close(self) -> None:
        for huey, _ in self._open_queues.values():
            huey.storage.close()
        self._open_queues.clear()

    def _open_queue(self, queue: Queue) -> tuple[Huey, Callable[[str], object]]:
        """Opened at first use, so that commands without jobs create no queue."""
        with self._opening_lock:
            if queue not in self._open_queues:
                huey = _create_huey(self._settings, queue)
                self._open_queues[queue] = huey, huey.task(name="run_job")(self._build_task(queue))
            return self._open_queues[queue]

    def _build_task(self, queue: Queue) -> Callable[[str], None]:
        def run_job(job_id: str) -> None:
            with self.app.app_context():
                if queue not in PRIORITY_QUEUES:
                    jobs.run(UUID(job_id))
                elif queue is Queue.FILES:
                    self._run_keeping_one_thread_free(queue)
                else:
                    jobs.run_next(queue)

        return run_job

    def _run_keeping_one_thread_free(self, queue: Queue) -> None:
        """One thread at a time may take long jobs; the others stay free for immediate ones.

        The others use up wake-ups for jobs they may not take, so this one continues until nothing is due.
        """
        if not self._long_job_lock.acquire(blocking=False):
            jobs.run_next(queue, only_immediate=True)
            return
        try:
            while jobs.run_next(queue):
                pass
        finally:
            self._long_job_lock.release()

    def _run_sweep(self) -> None:
        with self.app.app_context():
            jobs.sweep()


def current_queues() -> HueyQueues:
    return cast(HueyQueues, current_app.extensions[jobs.QUEUES_EXTENSION])


def _create_huey(settings: Settings, queue: Queue) -> Huey:
    url = make_url(settings.database_url)
    options: dict[str, Any] = {"results": False, "utc": True}
    if url.get_backend_name() == "postgresql":
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return _create_postgres_huey(queue, dsn, options)
    folder = settings.data_folder / "queue"
    folder.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(queue.value, filename=str(folder / f"{queue.value}.sqlite"), timeout=30, **options)


def _create_postgres_huey(queue: Queue, dsn: str, options: dict[str, Any]) -> Huey:
    """Web and workers start together and all create the queue's tables; the second attempt finds them."""
    try:
        return PostgresHuey(queue.value, dsn=dsn, **options)
    except (UniqueViolation, DuplicateTable):
        return PostgresHuey(queue.value, dsn=dsn, **options)
