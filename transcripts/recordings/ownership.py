"""Who may upload to an interview, and who may hear and read it."""

from uuid import UUID

from sqlalchemy import Select, select

from accounts.access import Person
from accounts.roles import Permission
from core.database import db
from interviews.models import Booking, Slot, Volunteer


def may_upload_to(booking: Booking, person: Person) -> bool:
    if not person.may(Permission.UPLOAD_RECORDING):
        return False
    return person.may(Permission.MANAGE_VOLUNTEERS) or booking.slot.interviewer_id == person.id


def may_hear(contribution_id: UUID, person: Person) -> bool:
    if person.may(Permission.READ_EVIDENCE):
        return True
    if not person.may(Permission.SEE_OWN_INTERVIEWS):
        return False
    own = select_interviews_of(person.id).where(Volunteer.contribution_id == contribution_id)
    return db.session.scalars(own.limit(1)).first() is not None


def select_interviews_of(staff_id: UUID) -> Select[UUID]:
    return (
        select(Volunteer.contribution_id)
        .join(Booking, Booking.volunteer_id == Volunteer.id)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(
            Slot.interviewer_id == staff_id,
            Booking.is_confirmed_one_to_one,
        )
    )


def find_booking(contribution_id: UUID) -> Booking | None:
    query = (
        select(Booking)
        .join(Volunteer, Volunteer.id == Booking.volunteer_id)
        .where(
            Volunteer.contribution_id == contribution_id,
            Booking.is_confirmed_one_to_one,
        )
    )
    newest_first = query.order_by(Booking.status.desc(), Booking.created_at.desc())
    return db.session.scalars(newest_first.limit(1)).first()
