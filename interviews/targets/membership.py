"""For which groups one volunteer counts, as coordinators correct it. Callers commit."""

from accounts import audit
from core.database import db
from core.errors import RuleError
from interviews.holding import hold
from interviews.models import Volunteer
from interviews.targets.targets import capacity_choices


class UnknownGroupError(RuleError):
    """A site or a capacity that the call does not have."""


def set_groups(volunteer: Volunteer, *, site_id: str, capacity_key: str) -> None:
    """Empty texts: for none. What the person said in their own words stays. Raises UnknownGroupError."""
    hold(volunteer)
    sites = {str(site.id): site for site in volunteer.call.sites}
    if site_id and site_id not in sites:
        raise UnknownGroupError("Choose a site from the list.")
    if capacity_key and capacity_key not in dict(capacity_choices(volunteer.call)):
        raise UnknownGroupError("Choose a capacity from the list.")
    volunteer.site_id = sites[site_id].id if site_id else None
    volunteer.capacity_key = capacity_key
    db.session.flush()
    audit.record("groups of a volunteer set", volunteer)
