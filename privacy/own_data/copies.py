"""A copy of everything that we have of one person: asked for, collected, ready for a few days. Callers commit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from flask import render_template
from sqlalchemy import select

from accounts import audit
from core import clock, jobs, personal_data
from core.database import db
from core.file_storage import StoredFile
from core.locks import lock_row
from core.personal_data import DataSubject, Holder
from evidence.models import Participant
from privacy.erasure.subjects import build_whole_subject
from privacy.models import CopyState, PersonalCopy
from privacy.own_data.overview import build_own_data, list_spoken_lines
from transcripts.models import Recording
from transcripts.recordings.media_types import find_file_extension

MAKE_COPY_JOB = "make a personal copy"
COPY_LIFETIME = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class CopiedSound:
    name: str
    storage_path: str


@dataclass(frozen=True, slots=True)
class CollectedData:
    html: str
    rows: dict[str, dict[str, list[dict[str, Any]]]]  # by holder and table, as JSON takes them
    sounds: list[CopiedSound]


def request_copy(participant: Participant) -> PersonalCopy:
    """One that is being prepared is not started again."""
    lock_row(participant)
    row = find_copy(participant.id)
    if row is None:
        row = PersonalCopy(participant_id=participant.id, storage_path=f"copies/{uuid4()}")
        db.session.add(row)
    elif row.state is CopyState.PREPARING:
        return row
    row.state, row.requested_at, row.expires_at = CopyState.PREPARING, clock.now(), clock.now() + COPY_LIFETIME
    db.session.flush()
    jobs.enqueue(MAKE_COPY_JOB, row.id)
    audit.record("copy of own data asked for", participant)
    return row


def find_copy(participant_id: UUID) -> PersonalCopy | None:
    return db.session.scalars(select(PersonalCopy).where(PersonalCopy.participant_id == participant_id)).first()


def mark_ready(copy_id: UUID, stored: StoredFile) -> None:
    row = db.session.get(PersonalCopy, copy_id)
    if row is not None:
        row.state, row.size_bytes = CopyState.READY, stored.size_bytes


def list_expired(now: datetime) -> list[PersonalCopy]:
    return list(db.session.scalars(select(PersonalCopy).where(PersonalCopy.expires_at <= now)))


def collect(participant: Participant) -> CollectedData:
    """Plain values, so that the file is written outside the transaction."""
    subject = build_whole_subject(participant)
    rows = {holder.title: _collect_rows(holder, subject) for holder in personal_data.list_holders()}
    html = render_template(
        "privacy/own_data/_personal_copy.html",
        data=build_own_data(participant),
        made_at=clock.now(),
        list_spoken_lines=list_spoken_lines,
    )
    return CollectedData(html, {title: tables for title, tables in rows.items() if tables}, list(_iter_sounds(subject)))


def _collect_rows(holder: Holder, subject: DataSubject) -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, list[dict[str, Any]]] = {}
    for name, row in personal_data.iter_rows(holder, subject):
        tables.setdefault(name, []).append({key: _to_json(value) for key, value in row.items()})
    return tables


def _iter_sounds(subject: DataSubject) -> Iterator[CopiedSound]:
    own = Recording.contribution_id.in_(subject.contribution_ids)
    recordings = db.session.scalars(select(Recording).where(own).order_by(Recording.uploaded_at, Recording.position))
    for number, recording in enumerate(recordings, start=1):
        yield CopiedSound(f"sound/{number}.{find_file_extension(recording.media_type)}", recording.storage_path)


def _to_json(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return str(value) if isinstance(value, UUID) else value
