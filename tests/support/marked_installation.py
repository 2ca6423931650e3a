"""An installation in which everything that people said, wrote and sound like has a mark, and where
it comes out: in answers of pages, in emails, files and rows.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from core import clock
from core.database import db
from core.models import OutboxMessage
from core.settings import Settings
from evidence.models import Contribution, Mode
from evidence.written_contributions import mail_copy
from interviews.models import CalendarReply, MessageToStaff, PersonalInvitation, TimeOff, Volunteer, WriteUpComment
from tests.support import make_transcripts
from tests.support.full_installation import FullInstallation, InstallationWords, build_full_installation
from transcripts.model_store.installed_models import list_known_models
from transcripts.models import Marker, MarkerKind, Passage
from transcripts.passages import acceptance
from transcripts.uploads import uploads

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
QUEUE_FOLDER = "queue"


class Mark(StrEnum):
    """Words of nobody's, so that no page has them by chance."""

    SPOKEN = "qspokenwordsq"
    SOUND = "qsoundofvoiceq"
    IMPORTED = "qimportedwordsq"
    WRITTEN = "qwrittenwordsq"
    LETTER = "qletterwordsq"


OF_SPEECH = frozenset({Mark.SPOKEN, Mark.SOUND, Mark.IMPORTED})
CAPTIONS = (
    f"WEBVTT\n\n00:00:01.000 --> 00:00:05.000\nAnn: Why?\n\n00:00:06.000 --> 00:00:11.000\nBob: {Mark.IMPORTED} so.\n"
)
WORDS = InstallationWords(
    spoken=(f"I {Mark.SPOKEN} waited.", f"It was {Mark.SPOKEN} long."),
    sound=make_transcripts.tone_wav() + Mark.SOUND.encode(),
    imported=CAPTIONS.encode(),
    written=f"We {Mark.WRITTEN} asked.",
    letter=f"Is there {Mark.LETTER} a lift?",
    comment=f"You forgot {Mark.LETTER} the garden.",
)


def build_marked_installation(app: Flask) -> FullInstallation:
    """Some of what was said has become an answer, and a written contribution was emailed to its author."""
    built = build_full_installation(app, WORDS)
    passages = db.session.scalars(select(Passage).order_by(Passage.start_seconds)).all()
    acceptance.accept_passage(passages[0], by=built.values["member_id"])
    written = select(Contribution).where(Contribution.mode == Mode.WRITTEN, Contribution.submitted_at.is_not(None))
    contribution = db.session.scalars(written).one()
    contact = contribution.participant.contact
    assert contact is not None
    contact.email, contact.confirmed_at = "writer@home.example", clock.now()
    mail_copy(contribution)
    db.session.flush()
    mail = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.number.desc())).first()
    assert mail is not None
    built.values["copy_number"], built.values["copy_recipient_id"] = mail.number, mail.recipient_id
    built.values_at["accounts.show_mail"] = {"number": mail.number}
    _mark_needs_and_add_addresses(built, contribution_id=built.values["contribution_id"])
    db.session.commit()
    return built


def _mark_needs_and_add_addresses(built: FullInstallation, contribution_id: UUID) -> None:
    """And the parts of addresses that are only sent to."""
    for volunteer in db.session.scalars(select(Volunteer)):
        volunteer.capacity = volunteer.access_needs = f"I {Mark.LETTER} care."
    ada, now = built.values["member_id"], clock.now()
    interview = db.session.get_one(Contribution, contribution_id)
    time_off = TimeOff(interviewer_id=ada, first_on=now.date(), last_on=now.date())
    marker = Marker(
        contribution_id=contribution_id, made_by=ada, kind=MarkerKind.NOTE, note="", tapped_at=now, received_at=now
    )
    db.session.add_all([time_off, marker])
    upload = uploads.create_upload(interview, 10, "a file", by=ada)
    first_rows = {
        "reply_id": CalendarReply,
        "message_id": MessageToStaff,
        "comment_id": WriteUpComment,
        "invitation_id": PersonalInvitation,
    }
    built.values |= {name: db.session.scalars(select(rows.id)).first() for name, rows in first_rows.items()}
    built.values |= {"time_off_id": time_off.id, "marker_id": marker.id, "upload_id": upload.id, "kind": "own"}
    built.values |= {"name": list_known_models()[-1].name}


def find_marks(content: bytes | str) -> set[Mark]:
    text = content if isinstance(content, bytes) else content.encode()
    return {mark for mark in Mark if mark.encode() in text}


def find_marks_in_answer(answer: TestResponse) -> set[Mark]:
    with answer:
        return find_marks(answer.data)


def iter_answers(built: FullInstallation, settings: Settings) -> Iterator[tuple[str, set[Mark]]]:
    """Each endpoint with the marks in its answers: opened, then sent an empty form, after which all is as before."""
    yield from iter_opened_pages(built)
    rules = sorted(built.app.url_map.iter_rules(), key=str)
    with keep_installation(settings) as restore:
        for rule in rules:
            for method in sorted((rule.methods or set()) - SAFE_METHODS):
                for path in built.build_paths(rule):
                    answer = built.client_for(rule.endpoint).open(path, method=method)
                    yield rule.endpoint, find_marks_in_answer(answer)
                    restore()


def iter_opened_pages(built: FullInstallation, client: FlaskClient | None = None) -> Iterator[tuple[str, set[Mark]]]:
    """`client`: of another member of staff."""
    for rule in sorted(built.app.url_map.iter_rules(), key=str):
        if "GET" in (rule.methods or ()):
            for path in built.build_paths(rule):
                yield rule.endpoint, find_marks_in_answer(_choose_client(built, rule, client).get(path))


def _choose_client(built: FullInstallation, rule: Rule, client: FlaskClient | None) -> FlaskClient:
    chosen = built.client_for(rule.endpoint)
    return client if client is not None and chosen is built.staff else chosen


class _Copy:
    """The files of an installation on SQLite, to be put back."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._data, self._folder = settings.data_folder, folder
        _close_database()
        shutil.copytree(self._data, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(QUEUE_FOLDER))
        self._sizes = self._read_sizes()

    def restore(self) -> None:
        _close_database()
        if self._read_sizes() == self._sizes:
            return
        for path in self._data.iterdir():
            if path.name == QUEUE_FOLDER:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        shutil.copytree(self._folder, self._data, dirs_exist_ok=True)
        self._sizes = self._read_sizes()

    def _read_sizes(self) -> set[tuple[str, int, int]]:
        files = [path for path in self._data.rglob("*") if path.is_file() and path.parent.name != QUEUE_FOLDER]
        return {(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files if path.suffix != ".shm"}


@contextmanager
def keep_installation(settings: Settings) -> Iterator[Callable[[], None]]:
    with TemporaryDirectory(dir=settings.data_folder.parent) as folder:
        yield _Copy(settings, Path(folder)).restore


def _close_database() -> None:
    db.session.commit()
    db.session.remove()
    db.engine.dispose()


def count_marks_everywhere(settings: Settings) -> dict[Mark, int]:
    """How often each mark is in rows and in files that are not encrypted."""
    db.session.rollback()
    tables = db.metadata.tables.values()
    rows = "\n".join(repr(tuple(row)) for table in tables for row in db.session.execute(select(table)))
    files = [path for path in settings.data_folder.rglob("*") if path.is_file() and ".sqlite" not in path.name]
    text = rows.encode() + b"\n".join(path.read_bytes() for path in files)
    return {mark: text.count(mark.encode()) for mark in Mark}
