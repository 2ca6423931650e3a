"""A letter about an interview to print, for people without email."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core import clock
from core.database import db
from interviews.bookings import letters
from interviews.forms.bookings import LetterForm
from interviews.views.blueprint import bp
from interviews.views.bookings.lookups import interview_or_404
from interviews.wordings.slot_descriptions import get_volunteer_zone


@bp.route("/staff/interviews/<uuid:booking_id>/letter", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def print_letter(booking_id: UUID) -> ResponseReturnValue:
    """How to reach staff is stored for the call; the reason is only in this letter."""
    booking = interview_or_404(booking_id)
    topic = letters.get_letter_topic(booking, request.args.get("news", ""))
    call = booking.volunteer.call
    reason = "" if booking.is_cancelled_by_person else booking.cancel_reason
    form = LetterForm(data={"contact": letters.get_letter_contact(call), "reason": reason})
    if form.validate_on_submit():
        letters.set_letter_contact(call, form.contact.data)
        db.session.commit()
    return render_template(
        "interviews/bookings/print_letter.html",
        form=form,
        booking=booking,
        is_ready=bool(form.contact.data) and not form.errors,
        contact=booking.volunteer.participant.contact,
        topic=topic,
        heading=letters.HEADINGS[topic],
        introduction=letters.get_introduction(topic, booking),
        has_meeting=topic not in letters.TOPICS_WITHOUT_MEETING,
        zone=get_volunteer_zone(booking.volunteer),
        today=clock.format_day(clock.now(), call.zone),
    )
