"""Volunteers write to staff when they cannot change an interview alone; staff read it."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db
from interviews import messages as written
from interviews.blueprint import bp
from interviews.forms.fields import MessageForm, refuse
from interviews.groups import write_ups
from interviews.messages import TooManyMessagesError
from interviews.models import Booking, Volunteer
from interviews.views.own import own_booking, own_offer


@bp.route("/my/offers/<uuid:volunteer_id>/message", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def write_message(volunteer_id: UUID) -> ResponseReturnValue:
    offer = own_offer(volunteer_id)
    about = _about(offer)
    form = MessageForm()
    if form.validate_on_submit():
        try:
            written.write(offer, form.text.data, about=about)
            db.session.commit()
            flash("Your message is on its way. We will answer as soon as we can.", "success")
            return redirect(url_for("interviews.my_page"))
        except TooManyMessagesError as error:
            refuse(form.text, error)
    return render_template("interviews/write_message.html", form=form, offer=offer, booking=about)


@bp.get("/staff/messages")
@requires(Permission.SEE_OWN_INTERVIEWS)
def messages() -> ResponseReturnValue:
    person = signed_in()
    coordinates = person.may(Permission.MANAGE_VOLUNTEERS)
    return render_template(
        "interviews/messages.html",
        found=written.messages_for(person),
        comments=write_ups.unread_comments(None if coordinates else person.id),
        may_see_volunteers=coordinates,
    )


@bp.post("/staff/messages/<uuid:message_id>/read")
@requires(Permission.SEE_OWN_INTERVIEWS)
def mark_message_read(message_id: UUID) -> ResponseReturnValue:
    message = written.find_message(message_id, signed_in()) or abort(404)
    written.mark_read(message, signed_in())
    db.session.commit()
    return redirect(url_for("interviews.messages"))


def _about(offer: Volunteer) -> Booking | None:
    """The interview that the address names, if it is this person's."""
    asked = request.args.get("about", None, type=UUID)
    booking = own_booking(asked) if asked else None
    if booking is not None and booking.volunteer_id != offer.id:
        abort(404)
    return booking
