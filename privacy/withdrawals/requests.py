"""What somebody withdraws: applied at once, erased on its day, undone while that is possible. Callers commit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from accounts import audit
from accounts.people import list_active_members
from accounts.roles import Role
from core import clock
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from evidence.consent_rules import Withdrawal
from evidence.models import Contribution, Participant
from privacy.models import WithdrawalRequest, WithdrawalState
from privacy.withdrawals import effects, receipts

TIME_TO_UNDO = timedelta(days=7)
RUNNING_STATES = frozenset({WithdrawalState.ACTIVE, WithdrawalState.PLANNED, WithdrawalState.ERASING})


class WithdrawalSettledError(RuleError): ...


class WithdrawalRepeatedError(RuleError): ...


class OwnProposalError(RuleError): ...


@dataclass(frozen=True, slots=True)
class WithdrawnPart:
    """Everything of a person; or one contribution; or one answer."""

    participant: Participant
    contribution: Contribution | None = None
    question_key: str = ""


def withdraw(part: WithdrawnPart, grade: Withdrawal, *, is_immediate: bool = False) -> tuple[WithdrawalRequest, str]:
    """By the person. Also returns the address of the receipt. `is_immediate`: erased now, which cannot be undone."""
    row = _add_row(part, grade, WithdrawalState.ACTIVE, by=None, reason="")
    _apply(row, part, is_immediate=is_immediate)
    address = receipts.create_receipt_url(row)
    receipts.mail_receipt(row, part.participant, address)
    return row, address


def erase_now(participant: Participant) -> WithdrawalRequest:
    """For the operator's command: without a receipt by email. `running.run` erases."""
    row = _add_row(WithdrawnPart(participant), Withdrawal.ERASE, WithdrawalState.ERASING, by=None, reason="")
    row.due_at = clock.now()
    effects.hide(Withdrawal.ERASE, participant, None, is_answer=False)
    return row


def propose(part: WithdrawnPart, grade: Withdrawal, *, reason: str, by: UUID) -> WithdrawalRequest:
    """For a person who cannot do it online. Another coordinator looks at it before it runs."""
    return _add_row(part, grade, WithdrawalState.PROPOSED, by=by, reason=reason)


def confirm(row: WithdrawalRequest, *, by: UUID, is_immediate: bool = False) -> None:
    """The second look. Only where there is one coordinator, it may be the same person."""
    _lock_proposed(row)
    others = [member for member in list_active_members(Role.COORDINATOR) if member.id != row.requested_by]
    if by == row.requested_by and others:
        raise OwnProposalError("Another coordinator has to look at this before it runs.")
    part = get_part(row)
    row.confirmed_by = by
    _apply(row, part, is_immediate=is_immediate)
    receipts.mail_receipt(row, part.participant, receipts.create_receipt_url(row))


def decline(row: WithdrawalRequest, *, by: UUID) -> None:
    _lock_proposed(row)
    row.state, row.confirmed_by, row.done_at = WithdrawalState.DECLINED, by, clock.now()
    audit.record("withdrawal declined", row)


def undo(row: WithdrawalRequest) -> None:
    lock_row(row)
    if not row.can_be_undone:
        raise WithdrawalSettledError("This can no longer be undone.")
    if row.state is not WithdrawalState.PROPOSED:
        effects.bring_back(row, get_part(row).participant, _list_others(row))
    row.state, row.done_at, row.due_at = WithdrawalState.UNDONE, clock.now(), None
    audit.record("withdrawal undone", row)


def get_part(row: WithdrawalRequest) -> WithdrawnPart:
    participant = db.session.get(Participant, row.participant_id) if row.participant_id else None
    if participant is None:
        raise WithdrawalSettledError("This person has been erased.")
    contribution = db.session.get(Contribution, row.contribution_id) if row.contribution_id else None
    return WithdrawnPart(participant, contribution, row.question_key)


def list_own(participant_id: UUID) -> list[WithdrawalRequest]:
    query = select(WithdrawalRequest).where(WithdrawalRequest.participant_id == participant_id)
    return list(db.session.scalars(query.order_by(WithdrawalRequest.requested_at.desc())))


def list_all(limit: int = 200) -> list[WithdrawalRequest]:
    """Those that wait for a coordinator first."""
    is_settled = WithdrawalRequest.state != WithdrawalState.PROPOSED
    query = select(WithdrawalRequest).order_by(is_settled, WithdrawalRequest.requested_at.desc())
    return list(db.session.scalars(query.limit(limit)))


def list_due(now: datetime) -> list[UUID]:
    states = WithdrawalState.PLANNED, WithdrawalState.ERASING
    query = select(WithdrawalRequest.id).where(WithdrawalRequest.state.in_(states), WithdrawalRequest.due_at <= now)
    return list(db.session.scalars(query.order_by(WithdrawalRequest.due_at)))


def _add_row(
    part: WithdrawnPart, grade: Withdrawal, state: WithdrawalState, *, by: UUID | None, reason: str
) -> WithdrawalRequest:
    lock_row(part.participant)
    row = WithdrawalRequest(
        participant_id=part.participant.id,
        contribution_id=part.contribution.id if part.contribution else None,
        question_key=part.question_key,
        grade=grade,
        state=state,
        requested_at=clock.now(),
        requested_by=by,
        reason=reason,
    )
    if state is not WithdrawalState.ERASING and any(_is_same(row, other) for other in list_own(part.participant.id)):
        raise WithdrawalRepeatedError("This has been asked for already. The receipt says what has happened.")
    db.session.add(row)
    db.session.flush()
    audit.record("withdrawal asked for", row, grade=grade.value, state=state.value)
    return row


def _apply(row: WithdrawalRequest, part: WithdrawnPart, *, is_immediate: bool) -> None:
    """Hidden at once whatever the grade; what is erased is erased by the worker."""
    effects.hide(row.grade, part.participant, part.contribution, is_answer=bool(part.question_key))
    if row.grade is Withdrawal.ERASE:
        has_no_way_back = is_immediate or bool(part.question_key)
        row.state = WithdrawalState.ERASING if has_no_way_back else WithdrawalState.PLANNED
        row.due_at = clock.now() + (timedelta() if has_no_way_back else TIME_TO_UNDO)
    else:
        row.state = WithdrawalState.ACTIVE
    db.session.flush()


def _lock_proposed(row: WithdrawalRequest) -> None:
    lock_row(row)
    if row.state is not WithdrawalState.PROPOSED:
        raise WithdrawalSettledError("Somebody has decided about this already.")


def _is_same(row: WithdrawalRequest, other: WithdrawalRequest) -> bool:
    parts = [(one.contribution_id, one.question_key, one.grade) for one in (row, other)]
    return parts[0] == parts[1] and other.state in {*RUNNING_STATES, WithdrawalState.PROPOSED}


def _list_others(row: WithdrawalRequest) -> list[WithdrawalRequest]:
    own = list_own(row.participant_id) if row.participant_id else []
    return [other for other in own if other.id != row.id and other.state in RUNNING_STATES]


def count_proposed() -> int:
    query = select(func.count(WithdrawalRequest.id)).where(WithdrawalRequest.state == WithdrawalState.PROPOSED)
    return db.session.scalar(query) or 0
