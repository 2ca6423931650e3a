"""What a coordinator sees before a withdrawal runs: whose it is, and where there is something of that person."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from core import personal_data
from core.database import db
from core.personal_data import DataSubject
from evidence.models import Participant
from privacy.models import WithdrawalRequest


def list_traces(subject: DataSubject, contribution_id: UUID | None) -> list[tuple[str, int]]:
    """With the number of rows and files."""
    if contribution_id is not None:
        subject = replace(subject, contribution_ids=(contribution_id,), is_whole=False)
    counted = [
        (
            holder.title,
            personal_data.count_rows(holder, subject) + len(personal_data.list_files(holder, subject)),
        )
        for holder in personal_data.list_holders()
    ]
    return [(title, count) for title, count in counted if count]


def load_references(rows: Iterable[WithdrawalRequest]) -> dict[UUID, str]:
    ids = {row.participant_id for row in rows if row.participant_id}
    query = select(Participant.id, Participant.reference).where(Participant.id.in_(ids))
    return {row[0]: row[1] for row in db.session.execute(query)}
