"""Erase with a line in the ledger first, so that no restored backup brings it back. Callers commit."""

from uuid import UUID

from accounts import audit
from core import clock
from core.settings import current_settings
from evidence.models import Contribution, Participant
from privacy.erasure.erase import ErasedTrace, erase_answer, erase_subject
from privacy.erasure.ledger import ErasedKind, LedgerEntry, append_entries, calculate_mark
from privacy.erasure.subjects import build_partial_subject, build_whole_subject


def record_person(participant: Participant) -> None:
    _record(ErasedKind.PERSON, participant.id)


def erase_person(participant: Participant) -> list[ErasedTrace]:
    record_person(participant)
    subject = build_whole_subject(participant)
    traces = erase_subject(subject)
    audit.record("person erased", traces=len(traces))
    return traces


def erase_contribution(contribution: Contribution) -> list[ErasedTrace]:
    _record(ErasedKind.CONTRIBUTION, contribution.id)
    traces = erase_subject(build_partial_subject(contribution))
    audit.record("contribution erased", traces=len(traces))
    return traces


def erase_one_answer(contribution: Contribution, question_key: str) -> list[ErasedTrace]:
    _record(ErasedKind.ANSWER, contribution.id, question_key)
    traces = erase_answer(contribution, question_key)
    audit.record("answer erased", contribution)
    return traces


def _record(kind: ErasedKind, row_id: UUID, question_key: str = "") -> None:
    settings = current_settings()
    mark = calculate_mark(settings.secret_key, kind, row_id, question_key)
    append_entries(settings.erasure_ledger_path, [LedgerEntry(kind, mark, clock.now().isoformat())])
