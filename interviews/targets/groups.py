"""The members of target groups, and corrections by coordinators. Callers commit."""

from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accounts import audit
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from evidence.models import Call
from interviews.models import Volunteer
from interviews.targets.progress import TargetGroup, get_stages_by_volunteer
from interviews.targets.stages import Grouping, VolunteerStage
from interviews.targets.targets import list_capacity_choices

PER_PAGE = 50


class UnknownGroupError(RuleError): ...


def set_volunteer_groups(volunteer: Volunteer, *, site_id: str, capacity_key: str) -> None:
    lock_row(volunteer)
    sites = {str(site.id): site for site in volunteer.call.sites}
    if site_id and site_id not in sites:
        raise UnknownGroupError("Select a site from the list.")
    if capacity_key and capacity_key not in dict(list_capacity_choices(volunteer.call)):
        raise UnknownGroupError("Select a capacity from the list.")
    volunteer.site_id = sites[site_id].id if site_id else None
    volunteer.capacity_key = capacity_key
    db.session.flush()
    audit.record("groups of a volunteer set", volunteer)


def list_group_members(
    call: Call, grouping: Grouping, group: TargetGroup, *, page: int = 1
) -> tuple[list[tuple[Volunteer, VolunteerStage]], int]:
    """One page, newest first; and the number of pages."""
    stages = get_stages_by_volunteer(call, grouping, group.key)
    ids = list(stages)[(page - 1) * PER_PAGE : page * PER_PAGE]
    people = select(Volunteer).where(Volunteer.id.in_(ids)).options(joinedload(Volunteer.participant))
    volunteers = {volunteer.id: volunteer for volunteer in db.session.scalars(people)}
    return [(volunteers[volunteer_id], stages[volunteer_id]) for volunteer_id in ids], ceil(len(stages) / PER_PAGE)
