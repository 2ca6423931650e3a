"""Lists of volunteers for staff, page by page. What is decided about them stands in volunteers.py."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import contains_eager, joinedload

from core.database import db
from evidence.models import Participant
from interviews.models import Booking, Volunteer, VolunteerState

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class WantedVolunteers:
    """None and empty: all."""

    state: VolunteerState | None = None
    call_id: UUID | None = None
    reference: str = ""  # the beginning of it, in capitals


def volunteers_page(wanted: WantedVolunteers, *, page: int) -> tuple[list[Volunteer], int]:
    """One page, newest first, and how many pages there are."""
    conditions = _conditions(wanted)
    found = (
        select(Volunteer)
        .join(Volunteer.participant)
        .where(*conditions)
        .order_by(Volunteer.created_at.desc(), Volunteer.id)
        .options(contains_eager(Volunteer.participant).joinedload(Participant.contact), joinedload(Volunteer.call))
    )
    count = select(func.count()).select_from(Volunteer).join(Volunteer.participant).where(*conditions)
    rows = db.session.scalars(found.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return list(rows), max(1, -(-(db.session.scalar(count) or 0) // PER_PAGE))


def bookings_of(volunteer: Volunteer) -> list[Booking]:
    """Every booking of one person, also what was cancelled, newest first."""
    wanted = select(Booking).where(Booking.volunteer_id == volunteer.id).options(joinedload(Booking.slot))
    return list(db.session.scalars(wanted.order_by(Booking.placed_at.desc())))


def _conditions(wanted: WantedVolunteers) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        conditions.append(Volunteer.state == wanted.state)
    if wanted.call_id is not None:
        conditions.append(Volunteer.call_id == wanted.call_id)
    if wanted.reference:
        conditions.append(Participant.reference.startswith(wanted.reference, autoescape=True))
    return conditions
