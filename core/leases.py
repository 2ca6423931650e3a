"""Leases of jobs: a token, an expiry, and a heartbeat from a thread."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from core import clock
from core.database import db, read_only_transactions
from core.models import Job

HEARTBEAT_SECONDS = 5.0
LEASE_SECONDS = 30.0  # six heartbeats: a busy machine may miss a few


class CancelledError(Exception): ...


class LeaseLostError(Exception): ...


@dataclass(slots=True)
class Work:
    """The argument of a job's function: its subject, and how to report progress, check for cancellation and write."""

    job_id: UUID
    token: UUID
    subject_id: UUID
    arguments: dict[str, Any]
    _started_at: float = field(default_factory=time.monotonic)
    _progress_written_at: float = 0.0

    def estimate_progress(self, progress: float) -> None:
        """Set the progress (0..1), estimate the time left from the time so far, and check for cancellation.

        Cheap to call often, because it writes at most once a second.
        """
        spent = time.monotonic() - self._started_at
        self.set_progress(progress, spent * (1 - progress) / progress if progress > 0.02 else None)

    def set_progress(self, progress: float, seconds_left: float | None) -> None:
        if time.monotonic() - self._progress_written_at < 1.0:
            return
        self._progress_written_at = time.monotonic()
        with self.write_transaction():
            db.session.execute(
                update(Job).where(Job.id == self.job_id).values(progress=min(progress, 1.0), seconds_left=seconds_left)
            )

    @contextmanager
    def write_transaction(self, lock_first: Callable[[], object] = lambda: None) -> Iterator[None]:
        """A transaction that commits only while the lease is ours. Raises LeaseLostError or CancelledError.

        `lock_first` locks rows that others lock before this job's row, to prevent deadlocks.
        """
        db.session.rollback()
        lock_first()
        row = db.session.execute(
            select(Job.lease_token, Job.cancel_requested).where(Job.id == self.job_id).with_for_update()
        ).one()
        if row.lease_token != self.token:
            raise LeaseLostError
        if row.cancel_requested:
            raise CancelledError
        try:
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise

    @contextmanager
    def read_transaction(self) -> Iterator[None]:
        db.session.rollback()
        with read_only_transactions():
            try:
                yield
            finally:
                db.session.rollback()


@contextmanager
def keep_lease_alive(app: Flask, work: Work) -> Iterator[None]:
    done = threading.Event()

    def renew_until_done() -> None:
        while not done.wait(HEARTBEAT_SECONDS):
            with app.app_context():
                _renew_lease(work)

    thread = threading.Thread(target=renew_until_done, name=f"heartbeat {work.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renew_lease(work: Work) -> None:
    now = clock.now()
    expiry = now + timedelta(seconds=LEASE_SECONDS)
    try:
        db.session.execute(
            update(Job)
            .where(Job.id == work.job_id, Job.lease_token == work.token)
            .values(heartbeat_at=now, lease_expires_at=expiry)
        )
        db.session.commit()
    except SQLAlchemyError:  # a busy database: the next heartbeat tries again
        db.session.rollback()
