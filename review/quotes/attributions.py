"""How the person is described below a quote: never more than their consent allows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core.database import db
from core.exits import ExitUse
from evidence.consent_conditions import allows
from evidence.models import Contribution, RespondentType
from interviews.models import Volunteer
from interviews.targets.targets import list_capacity_choices
from review.models import Attribution

USES = {Attribution.NAMED: ExitUse.QUOTE_NAMED, Attribution.UNNAMED: ExitUse.QUOTE_UNNAMED}
RESPONDENTS = {
    RespondentType.ORGANISATION: "somebody who answered for an organisation",
    RespondentType.INDIVIDUAL: "somebody who answered as an individual",
}
ANYBODY = "a participant"
BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class QuotingRights:
    """What the person allows now."""

    allowed: frozenset[Attribution]

    def choose(self, intended: Attribution) -> Attribution | None:
        """The name is left out where only that is allowed; it is never added. None: no quoting."""
        if intended in self.allowed:
            return intended
        is_unnamed_allowed = Attribution.UNNAMED in self.allowed
        return Attribution.UNNAMED if intended is Attribution.NAMED and is_unnamed_allowed else None


NO_RIGHTS = QuotingRights(frozenset())


def load_rights(contribution_ids: Collection[UUID]) -> dict[UUID, QuotingRights]:
    found: dict[UUID, QuotingRights] = {}
    ids = sorted(contribution_ids)
    for start in range(0, len(ids), BATCH_SIZE):
        query = select(Contribution.id, *(allows(use) for use in USES.values()))
        for row in db.session.execute(query.where(Contribution.id.in_(ids[start : start + BATCH_SIZE]))):
            found[row[0]] = QuotingRights(
                frozenset(kind for kind, is_allowed in zip(USES, row[1:], strict=True) if is_allowed)
            )
    return found


def load_capacities(contributions: Iterable[Contribution]) -> dict[UUID, str]:
    """The group that staff put each person in, never the words in which they describe themselves."""
    rows = {row.id: row for row in contributions}
    titles = {call.id: dict(list_capacity_choices(call)) for call in {row.call for row in rows.values()}}
    query = select(Volunteer.contribution_id, Volunteer.capacity_key).where(Volunteer.contribution_id.in_(rows))
    found = db.session.execute(query).all()
    return {row[0]: titles[rows[row[0]].call_id].get(row[1], "") for row in found}


def build_attribution(contribution: Contribution, kind: Attribution, capacity: str = "") -> str:
    """For example “Carers, urban”."""
    respondent = RESPONDENTS.get(contribution.respondent_type) if contribution.respondent_type else ""
    areas = sorted(row.area_type for row in contribution.area_types)
    parts = [capacity or respondent or ANYBODY, *areas]
    contact = contribution.participant.contact
    if kind is Attribution.NAMED and contact is not None and contact.name:
        parts = [contact.name, *(part for part in parts if part != ANYBODY)]
    line = ", ".join(part for part in parts if part)
    return line[:1].upper() + line[1:]
