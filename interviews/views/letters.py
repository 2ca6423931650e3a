"""A letter about an interview, to print: for people whom no mail reaches."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core import clock
from core.database import db
from interviews.blueprint import bp
from interviews.by_staff import letters
from interviews.forms.staff import LetterForm
from interviews.views.found import interview_to_see
from interviews.wording import zone_of


@bp.route("/staff/interviews/<uuid:booking_id>/letter", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def letter(booking_id: UUID) -> ResponseReturnValue:
    """The letter, once it can say how staff are reached. That is kept; what else is typed stands in this one alone."""
    booking = interview_to_see(booking_id)
    call = booking.volunteer.call
    told = "" if booking.is_cancelled_by_person else booking.cancel_reason
    form = LetterForm(data={"contact": letters.contact_in_letters(call), "reason": told})
    if form.validate_on_submit():
        letters.keep_contact(call, form.contact.data)
        db.session.commit()
    return render_template(
        "interviews/letter.html",
        form=form,
        booking=booking,
        is_ready=bool(form.contact.data) and not form.errors,
        contact=booking.volunteer.participant.contact,
        news=letters.news_of(booking, request.args.get("news", "")),
        zone=zone_of(booking.volunteer),
        today=clock.day(clock.now(), call.zone),
    )
