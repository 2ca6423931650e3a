"""How each interviewer works: their clocks, what they speak, the limits that they set. Callers commit."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from uuid import UUID

from sqlalchemy import select

from accounts import audit
from accounts.models import StaffMember
from core.database import db
from core.settings import current_settings
from interviews.holding import hold
from interviews.models import Gender, InterviewerProfile

MOST_PAUSE_MINUTES = 240
MOST_NOTICE_HOURS = 24 * 30
MOST_HORIZON_DAYS = 180
MOST_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class WayOfWorking:
    """What an interviewer says of themselves; fields as in the row."""

    zone: str
    languages: list[str] = field(default_factory=list)
    gender: Gender | None = None
    minutes_before: int = 0
    minutes_after: int = 0
    notice_hours: int = 24
    most_per_day: int = 0
    horizon_days: int = 60


def profile_of(interviewer_id: UUID) -> InterviewerProfile:
    """The stored one, or one with the defaults that is not stored."""
    return profiles_of({interviewer_id})[interviewer_id]


def profiles_of(interviewer_ids: Collection[UUID]) -> dict[UUID, InterviewerProfile]:
    """For each of these interviewers, in one query."""
    wanted = select(InterviewerProfile).where(InterviewerProfile.interviewer_id.in_(interviewer_ids))
    stored = {row.interviewer_id: row for row in db.session.scalars(wanted)}
    return {id_: stored.get(id_) or _default(id_) for id_ in interviewer_ids}


def clocks_of(interviewer_id: UUID | None, *, otherwise: str) -> str:
    """The zone that an interviewer has chosen; `otherwise` that of the call."""
    wanted = select(InterviewerProfile.zone).where(InterviewerProfile.interviewer_id == interviewer_id)
    return db.session.scalar(wanted) or otherwise


def save(interviewer: StaffMember, way: WayOfWorking) -> InterviewerProfile:
    """Times have to be made anew afterwards: unfolding.unfold."""
    profile = stored_profile(interviewer)
    for name, value in asdict(way).items():
        setattr(profile, name, value)
    db.session.flush()
    audit.record("way of working changed", profile, **{**asdict(way), "gender": None, "languages": len(way.languages)})
    return profile


def stored_profile(interviewer: StaffMember) -> InterviewerProfile:
    """The row, made now if there is none. The interviewer is held, so that nobody else makes it too."""
    hold(interviewer)
    profile = profile_of(interviewer.id)
    if profile not in db.session:
        db.session.add(profile)
        db.session.flush()
    return profile


def _default(interviewer_id: UUID) -> InterviewerProfile:
    way = WayOfWorking(zone=current_settings().default_zone)
    return InterviewerProfile(interviewer_id=interviewer_id, **asdict(way))
