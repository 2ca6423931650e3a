"""Staff give places in a group session, take them back, and note who came."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from interviews.blueprint import bp
from interviews.bookings import NotAcceptedError
from interviews.forms.fields import refuse
from interviews.forms.groups import CancelPlaceForm, GivePlaceForm
from interviews.groups import places, waiting_list
from interviews.groups.places import SessionFullError
from interviews.groups.seats import AlreadyInSessionError
from interviews.groups.waiting_list import AlreadyWaitingError, PlaceFreeError
from interviews.models import Booking, Slot, Volunteer
from interviews.views.found_sessions import session_of_staff

STAFF_WORDS: dict[type[RuleError], RuleError] = {
    AlreadyWaitingError: RuleError("This person is on the waiting list already."),
    PlaceFreeError: RuleError("A place is free, so this person need not wait."),
    AlreadyInSessionError: RuleError("This person has a place in the session already, or one is kept for them."),
    NotAcceptedError: RuleError("This person's offer is not accepted, or was withdrawn."),
    SessionFullError: RuleError("All places are taken, or kept for those who wait. You can put them on the list."),
}


@bp.route("/staff/sessions/<uuid:slot_id>/give", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def give_place(slot_id: UUID) -> ResponseReturnValue:
    """For somebody who has no email, or who asked by telephone."""
    slot = session_of_staff(slot_id)
    form = GivePlaceForm()
    if form.validate_on_submit():
        try:
            volunteer = places.volunteer_by_reference(slot, form.reference.data)
            what = _put_in(slot, volunteer, waits="waits" in request.form)
            db.session.commit()
            flash(f"{volunteer.participant.reference} {what}.", "success")
            return redirect(url_for("interviews.show_session", slot_id=slot.id))
        except RuleError as error:
            refuse(form.reference, STAFF_WORDS.get(type(error), error))
    return render_template("interviews/give_place.html", form=form, slot=slot)


def _put_in(slot: Slot, volunteer: Volunteer, *, waits: bool) -> str:
    if waits:
        waiting_list.join(slot, volunteer)
        return "is on the waiting list"
    places.take(slot, volunteer, by=signed_in().id)
    return "has a place in the session"


@bp.route("/staff/sessions/<uuid:slot_id>/places/<uuid:booking_id>/cancel", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def cancel_place(slot_id: UUID, booking_id: UUID) -> ResponseReturnValue:
    slot = session_of_staff(slot_id)
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.slot_id != slot.id:
        abort(404)
    form = CancelPlaceForm()
    if form.validate_on_submit():
        try:
            places.cancel(booking, reason=form.reason.data, by_staff=True)
            db.session.commit()
            flash("The place is given up, and whoever is concerned is mailed.", "success")
            return redirect(url_for("interviews.show_session", slot_id=slot.id))
        except RuleError as error:
            refuse(form.reason, error)
    return render_template("interviews/cancel_place.html", form=form, slot=slot, booking=booking)


@bp.post("/staff/sessions/<uuid:slot_id>/who-came")
@requires(Permission.OPEN_SLOTS)
def note_who_came(slot_id: UUID) -> ResponseReturnValue:
    slot = session_of_staff(slot_id)
    said = {booking.id: request.form.get(f"came-{booking.id}") for booking in places.placed(slot)}
    came = {booking_id: answer == "yes" for booking_id, answer in said.items() if answer in {"yes", "no"}}
    if not came:
        flash("Choose Yes or No for at least one person.")
        return redirect(url_for("interviews.show_session", slot_id=slot.id))
    try:
        places.note_who_came(slot, came, by=signed_in().id)
        db.session.commit()
        flash("Noted.", "success")
    except RuleError as error:
        flash(str(error))
    return redirect(url_for("interviews.show_session", slot_id=slot.id))
