"""Staff give people places in a group session, cancel places, and record who came."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from core.transactions import committing
from interviews.bookings.bookings import VolunteerNotAcceptedError
from interviews.forms.group_sessions import AssignSeatForm, CancelSeatForm
from interviews.group_sessions import attendance, waitlist
from interviews.group_sessions.attendance import SessionFullError
from interviews.group_sessions.seats import AlreadySeatedError
from interviews.group_sessions.waitlist import AlreadyOnWaitlistError, SeatAvailableError
from interviews.models import Booking, Slot, Volunteer
from interviews.views.blueprint import bp
from interviews.views.group_sessions.lookups import session_or_404

STAFF_MESSAGES: dict[type[RuleError], str] = {
    AlreadyOnWaitlistError: "This person is already on the waiting list.",
    SeatAvailableError: "There is a free place. Give this person the place.",
    AlreadySeatedError: "This person already has, or is being offered, a place in this session.",
    VolunteerNotAcceptedError: "This person’s offer was not accepted or has been withdrawn.",
    SessionFullError: "All places are taken or on offer. You can add this person to the waiting list.",
}


@bp.route("/staff/sessions/<uuid:slot_id>/give", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def give_seat(slot_id: UUID) -> ResponseReturnValue:
    slot = session_or_404(slot_id)
    form = AssignSeatForm()
    if form.validate_on_submit():
        with committing(at=form.reference) as saved:
            may_choose_anyone = current_person_or_403().may(Permission.MANAGE_VOLUNTEERS)
            volunteer = attendance.get_volunteer_by_reference(
                slot, form.reference.data, only_waiting=not may_choose_anyone
            )
            _give_seat_or_join_waitlist(slot, volunteer, joins_waitlist=_joins_waitlist())
        if saved:
            result = "is on the waiting list" if _joins_waitlist() else "has a place in the session"
            flash(f"{volunteer.participant.reference} {result}.", "success")
            return redirect(url_for("interviews.show_session", slot_id=slot.id))
    return render_template("interviews/group_sessions/give_seat.html", form=form, slot=slot)


def _joins_waitlist() -> bool:
    return "waits" in request.form


def _give_seat_or_join_waitlist(slot: Slot, volunteer: Volunteer, *, joins_waitlist: bool) -> None:
    try:
        if joins_waitlist:
            waitlist.join_waitlist(slot, volunteer)
        else:
            attendance.take_seat(slot, volunteer, by=current_person_or_403().id)
    except RuleError as error:
        raise type(error)(STAFF_MESSAGES.get(type(error), str(error))) from error


@bp.route("/staff/sessions/<uuid:slot_id>/places/<uuid:booking_id>/cancel", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def cancel_seat(slot_id: UUID, booking_id: UUID) -> ResponseReturnValue:
    slot = session_or_404(slot_id)
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.slot_id != slot.id:
        abort(404)
    form = CancelSeatForm()
    if form.validate_on_submit():
        with committing("Place cancelled. Everyone affected has been emailed.", at=form.reason) as saved:
            attendance.cancel_seat(booking, reason=form.reason.data, by_staff=True)
        if saved:
            return redirect(url_for("interviews.show_session", slot_id=slot.id))
    return render_template("interviews/group_sessions/cancel_seat.html", form=form, slot=slot, booking=booking)


@bp.post("/staff/sessions/<uuid:slot_id>/who-came")
@requires(Permission.OPEN_SLOTS)
def record_attendance(slot_id: UUID) -> ResponseReturnValue:
    slot = session_or_404(slot_id)
    answers = {booking.id: request.form.get(f"came-{booking.id}") for booking in attendance.list_seated_bookings(slot)}
    came = {booking_id: answer == "yes" for booking_id, answer in answers.items() if answer in {"yes", "no"}}
    if came:
        with committing("Attendance saved."):
            attendance.record_attendance(slot, came, by=current_person_or_403().id)
    else:
        flash("Select yes or no for at least one person.")
    return redirect(url_for("interviews.show_session", slot_id=slot.id))
