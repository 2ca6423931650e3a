"""What the sweep removes, and what it keeps."""

import os
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from core import clock, jobs
from core.database import db
from core.mail import Mail
from core.models import Job
from core.outbox import queue_mail
from core.settings import Settings
from tests.support import make

ALMOST_A_DAY, TWO_DAYS = 23 * 3600, 2 * 24 * 3600


def test_a_part_of_a_broken_upload_is_removed_after_a_day(app: Flask, settings: Settings) -> None:
    old, young = _part(settings, "old", TWO_DAYS), _part(settings, "young", ALMOST_A_DAY)

    jobs.sweep()

    assert not old.exists()
    assert young.exists()


def test_a_mail_job_that_ended_long_ago_is_forgotten(app: Flask) -> None:
    queue_mail(Mail("dev@home.example", "Your interview", "Hello\n", "<p>Hello</p>"))
    make.run_jobs()

    with clock.freeze_at(clock.now() + timedelta(days=29)):
        jobs.sweep()
    kept = db.session.scalars(select(Job)).all()
    with clock.freeze_at(clock.now() + timedelta(days=31)):
        jobs.sweep()

    assert len(kept) == 1
    assert db.session.scalars(select(Job)).all() == []


def _part(settings: Settings, name: str, age_seconds: float) -> Path:
    path = settings.data_folder / "storage" / "incoming" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"sound")
    written_at = clock.now().timestamp() - age_seconds
    os.utime(path, (written_at, written_at))
    return path
