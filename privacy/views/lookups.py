"""Find what an address names, or answer 404."""

from uuid import UUID

from flask import abort

from accounts.access import current_person_or_403
from core.database import db
from evidence.calls import get_schedule
from evidence.models import Contribution, Participant
from privacy.models import WithdrawalRequest
from privacy.withdrawals.requests import WithdrawnPart


def own_participant_or_404() -> Participant:
    return db.session.get(Participant, current_person_or_403().id) or abort(404)


def own_request_or_404(request_id: UUID) -> WithdrawalRequest:
    row = db.session.get(WithdrawalRequest, request_id)
    return row if row is not None and row.participant_id == current_person_or_403().id else abort(404)


def part_or_404(participant: Participant, contribution_id: UUID | None, question_key: str) -> WithdrawnPart:
    contribution = db.session.get(Contribution, contribution_id) if contribution_id else None
    if contribution_id and (contribution is None or contribution.participant_id != participant.id):
        abort(404)
    has_question = contribution is not None and get_schedule(contribution.schedule_version).has_question(question_key)
    if question_key and not has_question:
        abort(404)
    return WithdrawnPart(participant, contribution, question_key)
