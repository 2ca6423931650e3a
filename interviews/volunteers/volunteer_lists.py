"""Lists of volunteers for staff, page by page. Decisions about them: volunteers.py."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from core.database import db
from evidence.models import Participant
from interviews.models import Booking, Volunteer, VolunteerState

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class VolunteerFilter:
    """None and empty mean all."""

    state: VolunteerState | None = None
    call_id: UUID | None = None
    reference: str = ""  # its beginning, in capitals


def get_volunteers_page(filters: VolunteerFilter, *, page: int) -> tuple[list[Volunteer], int]:
    """One page, newest first; and the number of pages."""
    conditions, order = _build_conditions(filters), (Volunteer.created_at.desc(), Volunteer.id)
    ids = select(Volunteer.id).where(*conditions).order_by(*order)  # sort before loading anything else
    query = select(Volunteer).where(Volunteer.id.in_(ids.limit(PER_PAGE).offset((page - 1) * PER_PAGE)))
    people = joinedload(Volunteer.participant).joinedload(Participant.contact)
    rows = db.session.scalars(query.order_by(*order).options(people, joinedload(Volunteer.call)))
    count = db.session.scalar(select(func.count()).select_from(Volunteer).where(*conditions)) or 0
    return list(rows), max(1, -(-count // PER_PAGE))


def list_volunteer_bookings(volunteer: Volunteer) -> list[Booking]:
    query = select(Booking).where(Booking.volunteer_id == volunteer.id).options(joinedload(Booking.slot))
    return list(db.session.scalars(query.order_by(Booking.slot_chosen_at.desc())))


def _build_conditions(filters: VolunteerFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.state is not None:
        conditions.append(Volunteer.state == filters.state)
    if filters.call_id is not None:
        conditions.append(Volunteer.call_id == filters.call_id)
    if filters.reference:
        conditions.append(
            Volunteer.participant.has(Participant.reference.startswith(filters.reference, autoescape=True))
        )
    return conditions
