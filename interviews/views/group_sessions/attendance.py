"""Staff give places in a group session, take them back, and note who came."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from core.form_fields import add_field_error
from interviews.bookings.bookings import VolunteerNotAcceptedError
from interviews.forms.group_sessions import AssignSeatForm, CancelSeatForm
from interviews.group_sessions import attendance, waitlist
from interviews.group_sessions.attendance import SessionFullError
from interviews.group_sessions.seats import AlreadySeatedError
from interviews.group_sessions.waitlist import AlreadyOnWaitlistError, SeatAvailableError
from interviews.models import Booking, Slot, Volunteer
from interviews.views.blueprint import bp
from interviews.views.group_sessions.lookups import session_or_404

STAFF_MESSAGES: dict[type[RuleError], RuleError] = {
    AlreadyOnWaitlistError: RuleError("This person is on the waiting list already."),
    SeatAvailableError: RuleError("A place is free, so this person need not wait."),
    AlreadySeatedError: RuleError("This person has a place in the session already, or one is kept for them."),
    VolunteerNotAcceptedError: RuleError("This person's offer is not accepted, or was withdrawn."),
    SessionFullError: RuleError("All places are taken, or kept for those who wait. You can put them on the list."),
}


@bp.route("/staff/sessions/<uuid:slot_id>/give", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def give_seat(slot_id: UUID) -> ResponseReturnValue:
    """For somebody who has no email, or who asked by telephone."""
    slot = session_or_404(slot_id)
    form = AssignSeatForm()
    if form.validate_on_submit():
        try:
            volunteer = attendance.get_volunteer_by_reference(slot, form.reference.data)
            what = _give_seat_or_join_waitlist(slot, volunteer, joins_waitlist="waits" in request.form)
            db.session.commit()
            flash(f"{volunteer.participant.reference} {what}.", "success")
            return redirect(url_for("interviews.show_session", slot_id=slot.id))
        except RuleError as error:
            add_field_error(form.reference, STAFF_MESSAGES.get(type(error), error))
    return render_template("interviews/group_sessions/give_place.html", form=form, slot=slot)


def _give_seat_or_join_waitlist(slot: Slot, volunteer: Volunteer, *, joins_waitlist: bool) -> str:
    if joins_waitlist:
        waitlist.join_waitlist(slot, volunteer)
        return "is on the waiting list"
    attendance.take_seat(slot, volunteer, by=current_person_or_403().id)
    return "has a place in the session"


@bp.route("/staff/sessions/<uuid:slot_id>/places/<uuid:booking_id>/cancel", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def cancel_seat(slot_id: UUID, booking_id: UUID) -> ResponseReturnValue:
    slot = session_or_404(slot_id)
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.slot_id != slot.id:
        abort(404)
    form = CancelSeatForm()
    if form.validate_on_submit():
        try:
            attendance.cancel_seat(booking, reason=form.reason.data, by_staff=True)
            db.session.commit()
            flash("The place is given up, and whoever is concerned is mailed.", "success")
            return redirect(url_for("interviews.show_session", slot_id=slot.id))
        except RuleError as error:
            add_field_error(form.reason, error)
    return render_template("interviews/group_sessions/cancel_place.html", form=form, slot=slot, booking=booking)


@bp.post("/staff/sessions/<uuid:slot_id>/who-came")
@requires(Permission.OPEN_SLOTS)
def record_attendance(slot_id: UUID) -> ResponseReturnValue:
    slot = session_or_404(slot_id)
    said = {booking.id: request.form.get(f"came-{booking.id}") for booking in attendance.list_seated_bookings(slot)}
    came = {booking_id: answer == "yes" for booking_id, answer in said.items() if answer in {"yes", "no"}}
    if not came:
        flash("Choose Yes or No for at least one person.")
        return redirect(url_for("interviews.show_session", slot_id=slot.id))
    try:
        attendance.record_attendance(slot, came, by=current_person_or_403().id)
        db.session.commit()
        flash("Noted.", "success")
    except RuleError as error:
        flash(str(error))
    return redirect(url_for("interviews.show_session", slot_id=slot.id))
