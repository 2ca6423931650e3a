"""Volunteers write to staff when they cannot change an interview alone; staff read it."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.database import db
from core.form_fields import add_field_error
from interviews.forms.inbox import MessageToStaffForm
from interviews.group_sessions import write_ups
from interviews.inbox import messages as written
from interviews.inbox.messages import TooManyMessagesError
from interviews.models import Booking, Volunteer
from interviews.views.blueprint import bp
from interviews.views.lookups import own_booking_or_404, own_volunteer_or_404


@bp.route("/my/offers/<uuid:volunteer_id>/message", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def write_message(volunteer_id: UUID) -> ResponseReturnValue:
    offer = own_volunteer_or_404(volunteer_id)
    about = _get_concerned_booking(offer)
    form = MessageToStaffForm()
    if form.validate_on_submit():
        try:
            written.send_message(offer, form.text.data, about=about)
            db.session.commit()
            flash("Your message is on its way. We will answer as soon as we can.", "success")
            return redirect(url_for("interviews.show_my_page"))
        except TooManyMessagesError as error:
            add_field_error(form.text, error)
    return render_template("interviews/inbox/write_message.html", form=form, offer=offer, booking=about)


@bp.get("/staff/messages")
@requires(Permission.SEE_OWN_INTERVIEWS)
def list_messages() -> ResponseReturnValue:
    person = current_person_or_403()
    coordinates = person.may(Permission.MANAGE_VOLUNTEERS)
    return render_template(
        "interviews/inbox/messages.html",
        found=written.list_messages(person),
        comments=write_ups.list_unread_comments(None if coordinates else person.id),
        may_see_volunteers=coordinates,
    )


@bp.post("/staff/messages/<uuid:message_id>/read")
@requires(Permission.SEE_OWN_INTERVIEWS)
def mark_message_read(message_id: UUID) -> ResponseReturnValue:
    message = written.find_message(message_id, current_person_or_403()) or abort(404)
    written.mark_read(message, current_person_or_403())
    db.session.commit()
    return redirect(url_for("interviews.list_messages"))


def _get_concerned_booking(offer: Volunteer) -> Booking | None:
    """The interview that the address names, if it is this person's."""
    asked = request.args.get("about", None, type=UUID)
    booking = own_booking_or_404(asked) if asked else None
    if booking is not None and booking.volunteer_id != offer.id:
        abort(404)
    return booking
