"""Find what an address names, limited to what the signed-in person may see, or answer 404."""

from uuid import UUID

from flask import abort

from accounts.access import current_person_or_403
from core.database import db
from evidence.calls import find_call, list_published_calls
from evidence.models import Call, Mode, Participant
from evidence.views.lookups import published_call_or_404
from interviews.models import Booking, Volunteer


def own_participant_or_404() -> Participant:
    return db.session.get(Participant, current_person_or_403().id) or abort(404)


def own_volunteer_or_404(volunteer_id: UUID) -> Volunteer:
    volunteer = db.session.get(Volunteer, volunteer_id)
    if volunteer is None or volunteer.participant_id != current_person_or_403().id:
        abort(404)
    return volunteer


def own_booking_or_404(booking_id: UUID) -> Booking:
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.volunteer.participant_id != current_person_or_403().id:
        abort(404)
    return booking


def interview_call_or_404(slug: str) -> Call:
    call = published_call_or_404(slug)
    return call if Mode.INTERVIEW in call.participation_modes else abort(404)


def list_interview_calls() -> list[Call]:
    return [call for call in list_published_calls() if Mode.INTERVIEW in call.participation_modes]


def staff_call_or_404(slug: str) -> Call:
    return find_call(slug) or abort(404)
