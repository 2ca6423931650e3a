"""Interviewers' time zones, languages and limits. Callers commit."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from uuid import UUID

from sqlalchemy import select

from accounts import audit
from accounts.models import StaffMember
from core.database import db
from core.locks import lock_row
from core.settings import current_settings
from interviews.models import Gender, InterviewerProfile

MAX_PAUSE_MINUTES = 240
MAX_NOTICE_HOURS = 24 * 30
MAX_HORIZON_DAYS = 180
MAX_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class WorkingPreferences:
    zone: str
    languages: list[str] = field(default_factory=list)
    gender: Gender | None = None
    minutes_before: int = 0
    minutes_after: int = 0
    notice_hours: int = 24
    most_per_day: int = 0
    horizon_days: int = 60


def get_profile(interviewer_id: UUID) -> InterviewerProfile:
    """Returns an unsaved profile with the defaults if none is stored."""
    return get_profiles({interviewer_id})[interviewer_id]


def get_profiles(interviewer_ids: Collection[UUID]) -> dict[UUID, InterviewerProfile]:
    query = select(InterviewerProfile).where(InterviewerProfile.interviewer_id.in_(interviewer_ids))
    stored = {row.interviewer_id: row for row in db.session.scalars(query)}
    return {id_: stored.get(id_) or _build_default_profile(id_) for id_ in interviewer_ids}


def get_interviewer_zone(interviewer_id: UUID | None, *, default: str) -> str:
    query = select(InterviewerProfile.zone).where(InterviewerProfile.interviewer_id == interviewer_id)
    return db.session.scalar(query) or default


def save_preferences(interviewer: StaffMember, preferences: WorkingPreferences) -> InterviewerProfile:
    """Call slot_generation.generate_slots afterwards."""
    profile = lock_profile(interviewer)
    for name, value in asdict(preferences).items():
        setattr(profile, name, value)
    db.session.flush()
    audit.record(
        "way of working changed",
        profile,
        **{**asdict(preferences), "gender": None, "languages": len(preferences.languages)},
    )
    return profile


def lock_profile(interviewer: StaffMember) -> InterviewerProfile:
    lock_row(interviewer)
    profile = get_profile(interviewer.id)
    if profile not in db.session:
        db.session.add(profile)
        db.session.flush()
    return profile


def _build_default_profile(interviewer_id: UUID) -> InterviewerProfile:
    defaults = WorkingPreferences(zone=current_settings().default_zone)
    return InterviewerProfile(interviewer_id=interviewer_id, **asdict(defaults))
