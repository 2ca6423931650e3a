"""Volunteers send messages to staff, for example when it is too late to change an interview; staff read them."""

from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import exits
from core.database import db
from core.exits import ExitUse
from core.transactions import committing
from interviews.forms.inbox import MessageToStaffForm
from interviews.group_sessions import write_ups
from interviews.inbox import messages
from interviews.models import Booking, Volunteer
from interviews.views.blueprint import bp
from interviews.views.lookups import own_booking_or_404, own_volunteer_or_404


@bp.route("/my/offers/<uuid:volunteer_id>/message", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def write_message(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = own_volunteer_or_404(volunteer_id)
    booking = _get_concerned_booking(volunteer)
    form = MessageToStaffForm()
    if form.validate_on_submit():
        with committing("Message sent. We will reply as soon as we can.", at=form.text) as saved:
            messages.send_message(volunteer, form.text.data, about=booking)
        if saved:
            return redirect(url_for("interviews.show_my_page"))
    return render_template("interviews/inbox/write_message.html", form=form, volunteer=volunteer, booking=booking)


@bp.get("/staff/messages")
@requires(Permission.SEE_OWN_INTERVIEWS)
@exits.returns("messages", ExitUse.ARRANGING)
def list_messages() -> ResponseReturnValue:
    person = current_person_or_403()
    may_see_all = person.may(Permission.MANAGE_VOLUNTEERS)
    return render_template(
        "interviews/inbox/list_messages.html",
        messages=messages.list_messages(person),
        comments=write_ups.list_unread_comments(None if may_see_all else person.id),
        may_see_volunteers=may_see_all,
    )


@bp.post("/staff/messages/<uuid:message_id>/read")
@requires(Permission.SEE_OWN_INTERVIEWS)
def mark_message_read(message_id: UUID) -> ResponseReturnValue:
    message = messages.find_message(message_id, current_person_or_403()) or abort(404)
    messages.mark_read(message, current_person_or_403())
    db.session.commit()
    return redirect(url_for("interviews.list_messages"))


def _get_concerned_booking(volunteer: Volunteer) -> Booking | None:
    booking_id = request.args.get("about", None, type=UUID)
    booking = own_booking_or_404(booking_id) if booking_id else None
    if booking is not None and booking.volunteer_id != volunteer.id:
        abort(404)
    return booking
