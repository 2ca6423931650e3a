"""Builders of rows for tests, typed, with sensible defaults. They add and flush; the client commits."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from accounts import sessions
from accounts.links import create_link, find_longest_valid_link
from accounts.models import LinkPurpose, StaffMember, StaffRole
from accounts.roles import Role
from core import clock, jobs
from core.database import db
from core.models import Job, JobState

FAR_AWAY = datetime(2200, 1, 1, tzinfo=UTC)


def staff(name: str, *roles: Role) -> StaffMember:
    """A staff member, for example `staff("amira", Role.COORDINATOR)`."""
    member = StaffMember(email=f"{name.lower()}@charity.example", name=name.title(), created_at=clock.now())
    member.roles = [StaffRole(role=role) for role in roles]
    db.session.add(member)
    db.session.flush()
    return member


def staff_session(staff_id: UUID, *, ages: bool = False) -> str:
    """The token of a session, as a cookie has it. Of nobody, if they are unknown. Unless it ages, no clock ends it."""
    known = db.session.get(StaffMember, staff_id)
    token = sessions.begin(staff_id, is_verified=True) if known is not None else "unknown"
    if known is not None and not ages:
        row = sessions.find_open(token)
        assert row is not None
        row.created_at = row.last_seen_at = FAR_AWAY
    db.session.commit()
    return token


def own_page_link(participant_id: UUID) -> str:
    """The id of a link to a participant's page, as a session has it (`LINK_SESSION_KEY`)."""
    create_link(LinkPurpose.OWN_PAGE, participant_id, expires_at=clock.now() + timedelta(days=30))
    link = find_longest_valid_link(LinkPurpose.OWN_PAGE, participant_id)
    assert link is not None
    return str(link.id)


def run_jobs() -> None:
    """Run what is due, as the workers would, until nothing is."""
    db.session.commit()
    while due := db.session.scalars(
        select(Job.id).where(Job.state == JobState.PENDING, Job.run_after <= clock.now()).order_by(Job.created_at)
    ).all():
        run_listed_jobs(due)
    db.session.commit()


def run_listed_jobs(job_ids: Sequence[UUID]) -> None:
    db.session.commit()
    for job_id in job_ids:
        jobs.run(job_id)
