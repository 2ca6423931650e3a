"""Changes of what people allow: what is hidden, until when it is kept, and which coordinator handles it.

Callers commit. Recording a decision: consent.py.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from evidence.consent_rules import HIDING_USES
from evidence.consent_terms import ConsentUse
from evidence.models import Call, ConsentChange, Participant

ERASURE_PERIOD = timedelta(days=30)  # what is hidden can come back this long


class ConsentChangeSettledError(RuleError): ...


class ConsentChangeHandledError(RuleError): ...


@dataclass(frozen=True, slots=True)
class ChangedDecision:
    use: ConsentUse
    is_allowed: bool
    noted_by: UUID | None  # None: the person


Reaction = Callable[[UUID, UUID], None]
_reactions: list[Reaction] = []


def react_to_hiding(function: Reaction) -> Reaction:
    """Call a function of a higher package with the participant and the call when words are hidden or shown again."""
    _reactions.append(function)
    return function


def notify_hiding(participant_id: UUID, call_id: UUID) -> None:
    for react in _reactions:
        react(participant_id, call_id)


def calculate_erasure_day(call: Call, hidden_at: datetime) -> date:
    """The day by which hidden words are erased. Stored with the change: `list_due_for_erasure`."""
    return clock.convert_to_zone(hidden_at + ERASURE_PERIOD, call.zone).date()


def note_changes(
    participant: Participant, call: Call, decisions: Iterable[ChangedDecision], *, are_words_hidden: bool
) -> ConsentChange:
    decisions = list(decisions)
    row = _find_unsettled(participant.id, call.id)
    if row is None:
        row = ConsentChange(participant_id=participant.id, call_id=call.id, changes=[], changed_at=clock.now())
        db.session.add(row)
    changed = {decision.use.value for decision in decisions}
    kept = [item for item in row.changes if item["use"] not in changed]
    row.changes = [*kept, *(_to_json(decision) for decision in decisions)]
    row.changed_at = clock.now()
    if changed & HIDING_USES:
        _hide_or_show(row, call, are_words_hidden=are_words_hidden)
    db.session.flush()
    return row


def read_changes(row: ConsentChange) -> list[ChangedDecision]:
    return [
        ChangedDecision(
            ConsentUse(item["use"]), item["is_allowed"], UUID(item["noted_by"]) if item["noted_by"] else None
        )
        for item in row.changes
    ]


def list_unsettled() -> list[ConsentChange]:
    """Those that hide words first."""
    query = select(ConsentChange).where(ConsentChange.settled_at.is_(None))
    rows = joinedload(ConsentChange.participant), joinedload(ConsentChange.call)
    order = ConsentChange.hides_words.desc(), ConsentChange.changed_at, ConsentChange.id
    return list(db.session.scalars(query.options(*rows).order_by(*order)))


def count_unsettled() -> int:
    return db.session.scalar(select(func.count(ConsentChange.id)).where(ConsentChange.settled_at.is_(None))) or 0


def list_due_for_erasure(today: date) -> list[ConsentChange]:
    query = select(ConsentChange).where(ConsentChange.erase_on <= today)
    return list(db.session.scalars(query.order_by(ConsentChange.erase_on, ConsentChange.id)))


def find_erasure_day(participant_id: UUID, call_id: UUID) -> date | None:
    query = select(func.min(ConsentChange.erase_on)).where(
        ConsentChange.participant_id == participant_id, ConsentChange.call_id == call_id
    )
    return db.session.scalar(query)


def mark_erased(participant_id: UUID, call_id: UUID) -> None:
    own = ConsentChange.participant_id == participant_id, ConsentChange.call_id == call_id
    planned = update(ConsentChange).where(*own, ConsentChange.erase_on.is_not(None))
    db.session.execute(planned.values(erase_on=None, erased_at=clock.now()))


def find_erasure_time(participant_id: UUID, call_id: UUID) -> datetime | None:
    """When words of this person were erased last."""
    query = select(func.max(ConsentChange.erased_at)).where(
        ConsentChange.participant_id == participant_id, ConsentChange.call_id == call_id
    )
    return db.session.scalar(query)


def is_handled_by(staff_id: UUID, participant_id: UUID, call_id: UUID) -> bool:
    row = _find_unsettled(participant_id, call_id)
    return row is not None and row.handler_id == staff_id


def take_on(row: ConsentChange, *, by: UUID) -> None:
    """From now on this coordinator may open what is hidden from everyone else."""
    lock_row(row)
    _require_unsettled(row)
    if row.handler_id not in {None, by}:
        raise ConsentChangeHandledError("Another coordinator handles this already.")
    row.handler_id, row.handling_since = by, clock.now()
    audit.record("consent change handled", row)


def settle(row: ConsentChange, *, by: UUID) -> None:
    lock_row(row)
    _require_unsettled(row)
    row.settled_at, row.settled_by = clock.now(), by
    audit.record("consent change settled", row)


def _require_unsettled(row: ConsentChange) -> None:
    if row.settled_at is not None:
        raise ConsentChangeSettledError("This has already been marked as done.")


def _hide_or_show(row: ConsentChange, call: Call, *, are_words_hidden: bool) -> None:
    row.hides_words = are_words_hidden
    if not are_words_hidden:
        db.session.flush()
        _cancel_erasure(row.participant_id, row.call_id)
        db.session.refresh(row)
    elif find_erasure_day(row.participant_id, row.call_id) is None:
        row.erase_on = calculate_erasure_day(call, clock.now())
    notify_hiding(row.participant_id, row.call_id)


def _cancel_erasure(participant_id: UUID, call_id: UUID) -> None:
    own = ConsentChange.participant_id == participant_id, ConsentChange.call_id == call_id
    db.session.execute(update(ConsentChange).where(*own).values(erase_on=None))


def _find_unsettled(participant_id: UUID, call_id: UUID) -> ConsentChange | None:
    query = select(ConsentChange).where(
        ConsentChange.participant_id == participant_id,
        ConsentChange.call_id == call_id,
        ConsentChange.settled_at.is_(None),
    )
    return db.session.scalars(query).first()


def _to_json(decision: ChangedDecision) -> dict[str, object]:
    return {
        "use": decision.use.value,
        "is_allowed": decision.is_allowed,
        "noted_by": str(decision.noted_by) if decision.noted_by else None,
    }
