"""What a withdrawal does before anything is erased, and how it is undone. Callers commit."""

from collections.abc import Iterable

from sqlalchemy import delete

from core import clock
from core.database import db
from evidence import consent_changes
from evidence.consent_rules import Withdrawal
from evidence.contributions import list_participant_contributions, restore_contribution, withdraw_contribution
from evidence.models import Contribution, ContributionState, InterestedAddress, Mode, Participant
from evidence.participants import is_email_confirmed
from interviews.models import Volunteer
from interviews.volunteers import stopping
from privacy.models import WithdrawalRequest


def hide(grade: Withdrawal, participant: Participant, contribution: Contribution | None, *, is_answer: bool) -> None:
    """An answer is erased within the minute, so nothing is hidden before."""
    if is_answer:
        return
    if contribution is None:
        stop_contact(participant)
    elif contribution.mode is Mode.INTERVIEW:
        _stop_offer_of(contribution)
    if grade is not Withdrawal.NO_CONTACT:
        for row in [contribution] if contribution else list_participant_contributions(participant.id):
            withdraw_contribution(row)
            consent_changes.notify_hiding(row.participant_id, row.call_id)


def stop_contact(participant: Participant) -> None:
    stopping.stop_arrangements(participant)
    participant.no_contact_since = participant.no_contact_since or clock.now()
    if participant.contact is not None and participant.contact.email:
        own = InterestedAddress.email == participant.contact.email
        db.session.execute(delete(InterestedAddress).where(own))
    db.session.flush()


def bring_back(row: WithdrawalRequest, participant: Participant, others: Iterable[WithdrawalRequest]) -> None:
    """Except what another withdrawal hides too. Interviews that were cancelled stay cancelled."""
    others = list(others)
    if row.contribution_id is None and not any(other.contribution_id is None for other in others):
        participant.no_contact_since = None
    for contribution in list_participant_contributions(participant.id):
        is_meant = row.contribution_id in {None, contribution.id} and row.grade is not Withdrawal.NO_CONTACT
        is_hidden = contribution.state is ContributionState.WITHDRAWN
        if is_meant and is_hidden and not any(_hides(other, contribution) for other in others):
            restore_contribution(contribution, is_address_confirmed=is_email_confirmed(participant))
            consent_changes.notify_hiding(contribution.participant_id, contribution.call_id)
    db.session.flush()


def _hides(row: WithdrawalRequest, contribution: Contribution) -> bool:
    is_for_words = row.grade is not Withdrawal.NO_CONTACT and not row.question_key
    return is_for_words and row.contribution_id in {None, contribution.id}


def _stop_offer_of(contribution: Contribution) -> None:
    volunteer = db.session.query(Volunteer).filter_by(contribution_id=contribution.id).one_or_none()
    if volunteer is not None:
        stopping.stop_offer(volunteer)
