"""Seals over the audit log: once a minute, in a chain, so that a changed or removed row is noticed. Callers commit.

Fields are hashed with their length before them, so that no two different rows give the same bytes.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from accounts.models import AuditEntry, AuditSeal
from core import clock
from core.database import db

LENGTH_BYTES = 8
BATCH_SIZE = 1000


@dataclass(frozen=True, slots=True)
class SealCheck:
    seal_count: int
    entry_count: int
    unsealed_count: int
    newest_digest: str
    broken_number: int | None  # the first seal that does not fit


def seal_new_entries() -> AuditSeal | None:
    """Whatever was committed late is in the next seal: rows are chosen by having none, not by their number."""
    query = select(AuditEntry).where(AuditEntry.seal_number.is_(None)).order_by(AuditEntry.number)
    rows = list(db.session.scalars(query.with_for_update(skip_locked=True)))
    if not rows:
        return None
    newest = _find_newest_seal()
    number = newest.number + 1 if newest else 1
    for row in rows:
        row.seal_number = number
    digest = calculate_digest(newest.digest if newest else "", rows)
    seal = AuditSeal(number=number, sealed_at=clock.now(), entry_count=len(rows), digest=digest)
    db.session.add(seal)
    db.session.flush()
    return seal


def check_seals() -> SealCheck:
    """Reads everything again, one seal at a time."""
    before, entry_count, broken, count = "", 0, None, 0
    for seal in db.session.scalars(select(AuditSeal).order_by(AuditSeal.number)):
        rows = list(
            db.session.scalars(
                select(AuditEntry).where(AuditEntry.seal_number == seal.number).order_by(AuditEntry.number)
            )
        )
        count += 1
        is_whole = seal.number == count and len(rows) == seal.entry_count
        if broken is None and not (is_whole and calculate_digest(before, rows) == seal.digest):
            broken = seal.number
        before, entry_count = seal.digest, entry_count + len(rows)
    unsealed = len(db.session.scalars(select(AuditEntry.number).where(AuditEntry.seal_number.is_(None))).all())
    return SealCheck(count, entry_count, unsealed, before, broken)


def calculate_digest(before: str, rows: Iterable[AuditEntry]) -> str:
    digest = hashlib.sha256()
    _add_field(digest, before)
    for row in rows:
        for field in _list_fields(row):
            _add_field(digest, field)
    return digest.hexdigest()


def _list_fields(row: AuditEntry) -> list[str]:
    details = json.dumps(row.details, sort_keys=True, ensure_ascii=False)
    values = row.number, row.at.isoformat(), row.actor_kind.value, row.actor_id, row.action
    return [str(value) for value in (*values, row.subject_kind, row.subject_id, details, row.seal_number)]


def _add_field(digest: "hashlib._Hash", text: str) -> None:
    encoded = text.encode()
    digest.update(len(encoded).to_bytes(LENGTH_BYTES, "big") + encoded)


def _find_newest_seal() -> AuditSeal | None:
    return db.session.scalars(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1)).first()
