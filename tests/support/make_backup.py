"""Backups of a test installation, made and restored with the commands that operators use."""

import contextvars
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from click.testing import Result
from flask import Flask
from sqlalchemy import make_url

from accounts.models import StaffMember
from core.database import db
from core.mail import Mail
from core.outbox import queue_mail
from core.settings import Settings
from evidence.models import Call
from tests.support import make_evidence, make_interviews, make_transcripts
from transcripts.models import Recording
from wsgi import create_app

BACKUP_KEY = "a backup key that is only for tests"
RESTORED_DATABASE = "restored"
INTERVIEWS_PER_DAY = 8
MAIL = Mail("dev@home.example", "Your interview", "Hello\n", "<p>Hello</p>")


@dataclass(frozen=True, slots=True)
class BackupFolders:
    folder: Path
    keys: Path

    def list_names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir())

    @property
    def newest(self) -> tuple[str, str]:
        name = self.list_names()[-1]
        return str(self.folder / name), str(self.keys / name)


def run_command(app: Flask, *arguments: str) -> Result:
    """In a context of its own: a command uses the application of an open one."""
    return contextvars.Context().run(app.test_cli_runner().invoke, args=arguments)


def run_backup(app: Flask, folders: BackupFolders, *options: str) -> Result:
    return run_command(app, "privacy", "backup", str(folders.folder), "--keys", str(folders.keys), *options)


def run_restore(app: Flask, folders: BackupFolders) -> Result:
    backup, keys = folders.newest
    return run_command(app, "privacy", "restore", backup, "--keys", keys)


def make_empty_installation(settings: Settings, folder: Path) -> Flask:
    """Another one, of the same kind of database, with a storage key of its own."""
    folder.mkdir(exist_ok=True)
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        database_url = f"sqlite:///{folder / 'listening-post.sqlite'}"
    else:
        database_url = create_empty_database(settings.database_url)
    return create_app(
        replace(
            settings,
            data_folder=folder,
            database_url=database_url,
            storage_url=f"file://{folder / 'storage'}",
            storage_keys=(b"n" * 32,),
        )
    )


def create_empty_database(database_url: str) -> str:
    server = make_url(database_url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {RESTORED_DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {RESTORED_DATABASE}")
    return make_url(database_url).set(database=RESTORED_DATABASE).render_as_string(hide_password=False)


def make_recorded_interviews(count: int, recording_bytes: int) -> list[Recording]:
    """Each with a recording of random bytes, which cannot be compressed."""
    call, ben = make_evidence.call(), make_interviews.interviewer()
    return [_make_recorded_interview(call, ben, number, recording_bytes) for number in range(count)]


def _make_recorded_interview(call: Call, by: StaffMember, number: int, recording_bytes: int) -> Recording:
    volunteer = make_interviews.volunteer(call, f"Dev{number}")
    days, hour = divmod(number, INTERVIEWS_PER_DAY)
    slot = make_interviews.slot(call, by, make_interviews.next_week(9 + hour, days=days))
    make_interviews.booking(volunteer, slot)
    return make_transcripts.recording(volunteer.contribution, os.urandom(recording_bytes))


@contextmanager
def write_all_the_time(app: Flask) -> Iterator[list[int]]:
    """A thread that commits emails until the block ends."""
    numbers: list[int] = []
    is_over = threading.Event()

    def write() -> None:
        with app.app_context():
            while not is_over.wait(0.01):
                message = queue_mail(MAIL)
                db.session.commit()
                numbers.append(message.number)
            db.session.remove()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield numbers
    finally:
        is_over.set()
        thread.join()
