"""Start, submit and find contributions. Answers: answers.py. Callers commit."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from evidence.calls import get_current_version
from evidence.models import Call, Contribution, ContributionState, Mode, Participant


class WrittenContributionExistsError(RuleError): ...


def start_contribution(call: Call, participant: Participant, mode: Mode) -> Contribution:
    contribution = Contribution(
        call_id=call.id,
        participant_id=participant.id,
        schedule_version_id=get_current_version(call).id,
        mode=mode,
        created_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(contribution)
    except IntegrityError as error:
        raise WrittenContributionExistsError("You have already started writing to this call.") from error
    audit.record("contribution begun", contribution, mode=mode.value)
    return contribution


def submit_contribution(contribution: Contribution) -> None:
    if contribution.state not in {ContributionState.DRAFT, ContributionState.WAITING}:
        return
    contribution.state = ContributionState.SUBMITTED
    contribution.submitted_at = contribution.submitted_at or clock.now()
    db.session.flush()
    audit.record("contribution given", contribution, mode=contribution.mode.value)


def hold_contribution(contribution: Contribution) -> None:
    """Sent, but it does not count as given until the address is confirmed."""
    contribution.state, contribution.submitted_at = ContributionState.WAITING, clock.now()
    db.session.flush()
    audit.record("contribution waits for the address", contribution)


def withdraw_contribution(contribution: Contribution) -> None:
    """From now on nobody uses it; `restore_contribution` undoes this."""
    if contribution.state is ContributionState.WITHDRAWN:
        return
    contribution.state = ContributionState.WITHDRAWN
    db.session.flush()
    audit.record("contribution withdrawn", contribution)


def restore_contribution(contribution: Contribution, *, is_address_confirmed: bool) -> None:
    """Raises WrittenContributionExistsError if another one was begun since."""
    sent = ContributionState.SUBMITTED if is_address_confirmed else ContributionState.WAITING
    try:
        with db.session.begin_nested():
            contribution.state = sent if contribution.submitted_at else ContributionState.DRAFT
    except IntegrityError as error:
        raise WrittenContributionExistsError(
            "You have started to write to this call again, so what you withdrew cannot come back."
        ) from error
    audit.record("contribution restored", contribution)


def find_written_contribution(participant_id: UUID, call: Call) -> Contribution | None:
    query = select(Contribution).where(
        Contribution.participant_id == participant_id,
        Contribution.call_id == call.id,
        Contribution.mode == Mode.WRITTEN,
        Contribution.state != ContributionState.WITHDRAWN,
    )
    return db.session.scalars(query).first()


def list_participant_contributions(participant_id: UUID) -> list[Contribution]:
    query = select(Contribution).where(Contribution.participant_id == participant_id)
    return list(db.session.scalars(query.order_by(Contribution.created_at)))
