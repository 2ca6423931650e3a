"""What belongs to the participant of this session, and nothing else."""

from uuid import UUID

from flask import abort

from accounts.access import signed_in
from core.database import db
from evidence.models import Participant
from interviews.models import Booking, Volunteer


def own_participant() -> Participant:
    return db.session.get(Participant, signed_in().id) or abort(404)


def own_offer(volunteer_id: UUID) -> Volunteer:
    offer = db.session.get(Volunteer, volunteer_id)
    if offer is None or offer.participant_id != signed_in().id:
        abort(404)
    return offer


def own_booking(booking_id: UUID) -> Booking:
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.volunteer.participant_id != signed_in().id:
        abort(404)
    return booking
