"""Erase what is due, again until nothing is left in any trace. Callers commit."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from accounts import audit
from core import clock, personal_data
from core.database import db
from core.locks import lock_row
from core.personal_data import DataSubject
from evidence.models import Contribution, Participant
from privacy.erasure.erase import ErasedTrace, erase_subject
from privacy.erasure.recorded_erasure import erase_contribution, erase_one_answer, erase_person, record_person
from privacy.erasure.subjects import build_whole_subject
from privacy.models import WithdrawalRequest, WithdrawalState

PATIENCE = timedelta(hours=2)  # with emails about the person that could not be sent


def run(row: WithdrawalRequest) -> None:
    lock_row(row)
    participant = db.session.get(Participant, row.participant_id) if row.participant_id else None
    row.state = WithdrawalState.ERASING
    traces = _erase(row, participant) if participant is not None else []
    row.traces = merge_traces(row.traces, traces)
    if participant is None or not _has_to_wait(row, participant):
        _finish(row)
    db.session.flush()


def merge_traces(before: Iterable[Mapping[str, Any]], now: Iterable[ErasedTrace]) -> list[dict[str, Any]]:
    """What an earlier run found counts too; what is left is what the newest run left."""
    merged = {trace["key"]: dict(trace) for trace in before}
    for trace in now:
        found = merged.get(trace.key, {"found": 0})["found"]
        merged[trace.key] = asdict(trace) | {"found": found + trace.found - trace.left}
    return list(merged.values())


def _erase(row: WithdrawalRequest, participant: Participant) -> list[ErasedTrace]:
    if row.contribution_id is None:
        return _erase_person(row, participant)
    contribution = db.session.get(Contribution, row.contribution_id)
    if contribution is None:
        return []
    return erase_one_answer(contribution, row.question_key) if row.question_key else erase_contribution(contribution)


def _erase_person(row: WithdrawalRequest, participant: Participant) -> list[ErasedTrace]:
    subject = build_whole_subject(participant)
    if not _has_to_wait(row, participant):
        return erase_person(participant)
    record_person(participant)  # also a backup that is restored meanwhile loses everything
    return erase_subject(DataSubject(subject.participant_id, subject.contribution_ids, is_whole=False))


def _has_to_wait(row: WithdrawalRequest, participant: Participant) -> bool:
    """Emails that notify others of a cancellation leave first. By then, what the person gave has been erased."""
    if row.contribution_id is not None or db.session.get(Participant, row.participant_id) is None:
        return False
    is_patient = row.due_at is None or clock.now() < row.due_at + PATIENCE
    return is_patient and personal_data.count_waiting_rows(build_whole_subject(participant)) > 0


def _finish(row: WithdrawalRequest) -> None:
    if row.contribution_id is None and row.participant_id is not None:
        _forget_person(row.participant_id)
    row.state, row.done_at = WithdrawalState.DONE, clock.now()
    db.session.flush()
    audit.record("withdrawal done", row, traces=len(row.traces))


def _forget_person(participant_id: UUID) -> None:
    """Of all their withdrawals, only that they were done stays."""
    own = update(WithdrawalRequest).where(WithdrawalRequest.participant_id == participant_id)
    db.session.execute(own.values(participant_id=None, reason=""))
