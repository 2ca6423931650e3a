"""Any number of quick workers, of which one sweeps at a time."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from core import clock, jobs, sweep_lease
from core.database import db
from core.models import SweepLease


def test_of_two_sweeps_at_once_one_does_the_work(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    started, may_end, runs = threading.Event(), threading.Event(), []

    def take_long() -> None:
        runs.append(threading.get_ident())
        started.set()
        may_end.wait(30)

    monkeypatch.setattr(jobs, "_sweep_functions", [take_long])

    def sweep() -> None:
        with app.app_context():
            jobs.sweep()

    first = threading.Thread(target=sweep)
    first.start()
    started.wait(30)
    sweep()
    may_end.set()
    first.join()
    sweep()

    assert len(runs) == 2


def test_after_a_killed_worker_another_one_sweeps(app: Flask) -> None:
    killed = sweep_lease.acquire()
    assert killed is not None
    assert sweep_lease.acquire() is None
    db.session.execute(update(SweepLease).values(expires_at=clock.now() - timedelta(seconds=1)))
    db.session.commit()

    token = sweep_lease.acquire()

    assert token not in {None, killed}
    assert not sweep_lease.renew(killed)
    assert db.session.scalars(select(SweepLease.token)).one() == token
    sweep_lease.release(killed)
    assert db.session.scalars(select(SweepLease.token)).one() == token


def test_a_task_that_fails_gives_the_lease_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ValueError("A fault of the task.")

    monkeypatch.setattr(jobs, "_sweep_functions", [fail])
    jobs.sweep()

    assert sweep_lease.acquire() is not None
