"""The groups that a contribution belongs to: its site, capacity, type, kinds of place, aims and what it shows."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from core.database import db
from evidence.labels import FINDING_LABELS, MODE_LABELS, SHORT_RESPONDENT_TYPE_LABELS
from evidence.models import Call, Contribution
from interviews.models import Booking, Slot, Volunteer
from interviews.targets.targets import list_capacity_choices

NO_GROUP = "Not known"


class GroupedBy(StrEnum):
    SITE = "site"
    CAPACITY = "capacity"
    RESPONDENT = "respondent"
    MODE = "type"
    AREA = "kind of place"
    AIM = "aim"
    FINDING = "what it shows"


GroupsByContribution = Mapping[UUID, tuple[str, ...]]


def find_groups(call: Call, contributions: Iterable[Contribution], by: GroupedBy) -> GroupsByContribution:
    """The titles of the groups of each. Several kinds of place or aims: it counts in each of them."""
    rows = list(contributions)
    if by in {GroupedBy.SITE, GroupedBy.CAPACITY}:
        known = _load_interview_groups(call, by)
        return {row.id: (known.get(row.id) or NO_GROUP,) for row in rows}
    aims = {aim.key: aim.text for aim in call.aims}
    return {row.id: _read_groups(row, by, aims) or (NO_GROUP,) for row in rows}


def _read_groups(row: Contribution, by: GroupedBy, aims: Mapping[str, str]) -> tuple[str, ...]:
    respondent, finding = row.respondent_type, row.finding
    groups: dict[GroupedBy, tuple[str, ...]] = {
        GroupedBy.RESPONDENT: (SHORT_RESPONDENT_TYPE_LABELS[respondent],) if respondent else (),
        GroupedBy.MODE: (MODE_LABELS[row.mode],),
        GroupedBy.AREA: tuple(sorted(one.area_type.capitalize() for one in row.area_types)),
        GroupedBy.AIM: tuple(aims[one.aim_key] for one in row.aims if one.aim_key in aims),
        GroupedBy.FINDING: (FINDING_LABELS[finding],) if finding else (),
    }
    return groups[by]


def _load_interview_groups(call: Call, by: GroupedBy) -> dict[UUID, str]:
    """By contribution. The site where the interview was, else the one that the person chose."""
    if by is GroupedBy.CAPACITY:
        titles = dict(list_capacity_choices(call))
        query = select(Volunteer.contribution_id, Volunteer.capacity_key).where(Volunteer.call_id == call.id)
        return {row[0]: titles.get(row[1], "") for row in db.session.execute(query)}
    sites = {site.id: site.title for site in call.sites}
    chosen = select(Volunteer.contribution_id, Volunteer.site_id).where(Volunteer.call_id == call.id)
    booked = (
        select(Volunteer.contribution_id, Slot.site_id)
        .join(Booking, Booking.volunteer_id == Volunteer.id)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Volunteer.call_id == call.id, Booking.is_confirmed_one_to_one, Slot.site_id.is_not(None))
    )
    rows = [*db.session.execute(chosen), *db.session.execute(booked)]
    return {row[0]: sites[row[1]] for row in rows if row[1] in sites}
