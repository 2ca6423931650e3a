"""An interviewer's interviews: who comes and what they need, the script, moving and cancelling."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from evidence import consent
from evidence.background import background_of
from evidence.calls import schedule_of
from evidence.consent_terms import Use
from interviews import bookings
from interviews.blueprint import bp
from interviews.calendars import invitations
from interviews.forms import CancelInterviewForm, MoveInterviewForm, refuse
from interviews.models import Booking, BookingStatus
from interviews.script import script_of
from interviews.views.choosing import chosen_slot, open_days
from interviews.wording import when, zone_words

OVER = "This interview has begun or was cancelled, so it cannot be changed."


@bp.get("/staff/interviews")
@requires(Permission.SEE_OWN_INTERVIEWS)
def own_interviews() -> ResponseReturnValue:
    own = signed_in().id
    return render_template(
        "interviews/own_interviews.html",
        upcoming=bookings.interviews_of(own, upcoming=True),
        past=bookings.interviews_of(own, upcoming=False),
    )


@bp.get("/staff/interviews/<uuid:booking_id>")
@requires(Permission.SEE_OWN_INTERVIEWS)
def show_interview(booking_id: UUID) -> ResponseReturnValue:
    booking = _booking(booking_id)
    volunteer = booking.volunteer
    return render_template(
        "interviews/show_interview.html",
        booking=booking,
        volunteer=volunteer,
        background=background_of(volunteer.contribution),
        decisions=consent.decisions_now(volunteer.participant_id, volunteer.call_id),
        may_record=consent.allows(volunteer.participant_id, volunteer.call_id, Use.RECORD),
        may_change=_may_change(booking),
    )


@bp.get("/staff/interviews/<uuid:booking_id>/script")
@requires(Permission.SEE_OWN_INTERVIEWS)
def show_script(booking_id: UUID) -> ResponseReturnValue:
    booking = _booking(booking_id)
    contribution = booking.volunteer.contribution
    script = script_of(schedule_of(contribution.schedule_version))
    return render_template("interviews/show_script.html", booking=booking, script=script)


@bp.route("/staff/interviews/<uuid:booking_id>/move", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_INTERVIEWS)
def move_interview(booking_id: UUID) -> ResponseReturnValue:
    booking = _booking(booking_id)
    if not _may_change(booking):
        return _over(booking)
    form = MoveInterviewForm()
    if form.validate_on_submit():
        try:
            bookings.move(booking, chosen_slot(form, booking.volunteer), reason=form.reason.data, by_staff=True)
            db.session.commit()
            flash(f"The interview has moved: {when(booking.slot)}. Everybody concerned is mailed.", "success")
            return redirect(_page_after_move(booking))
        except RuleError as error:
            refuse(form.slot, error)
    return render_template(
        "interviews/move_interview.html",
        form=form,
        booking=booking,
        days=open_days(booking.volunteer, names_interviewers=True),
        zone=zone_words(booking.slot.call.zone),
    )


@bp.route("/staff/interviews/<uuid:booking_id>/cancel", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_INTERVIEWS)
def cancel_interview(booking_id: UUID) -> ResponseReturnValue:
    booking = _booking(booking_id)
    if not _may_change(booking):
        return _over(booking)
    form = CancelInterviewForm()
    if form.validate_on_submit():
        try:
            bookings.cancel(booking, reason=form.reason.data, by_staff=True)
            db.session.commit()
            flash("The interview is cancelled. Everybody concerned is mailed.", "success")
            return redirect(url_for("interviews.show_interview", booking_id=booking.id))
        except RuleError as error:
            refuse(form.reason, error)
    return render_template("interviews/cancel_interview.html", form=form, booking=booking)


@bp.post("/staff/interviews/<uuid:booking_id>/send-again")
@requires(Permission.SEE_OWN_INTERVIEWS)
def send_invitation_again(booking_id: UUID) -> ResponseReturnValue:
    booking = _booking(booking_id)
    if not _may_change(booking):
        return _over(booking)
    invitations.send_again(booking)
    db.session.commit()
    flash("The invitation is sent again.", "success")
    return redirect(url_for("interviews.show_interview", booking_id=booking.id))


def _booking(booking_id: UUID) -> Booking:
    """One's own interview; a coordinator sees every one."""
    booking = db.get_or_404(Booking, booking_id)
    person = signed_in()
    if booking.slot.interviewer_id != person.id and not person.may(Permission.MANAGE_VOLUNTEERS):
        abort(404)
    return booking


def _may_change(booking: Booking) -> bool:
    return booking.status is BookingStatus.BOOKED and not bookings.has_begun(booking)


def _over(booking: Booking) -> ResponseReturnValue:
    flash(OVER)
    return redirect(url_for("interviews.show_interview", booking_id=booking.id))


def _page_after_move(booking: Booking) -> str:
    """An interviewer who passed it on may not see it any more."""
    person = signed_in()
    if booking.slot.interviewer_id == person.id or person.may(Permission.MANAGE_VOLUNTEERS):
        return url_for("interviews.show_interview", booking_id=booking.id)
    return url_for("interviews.own_interviews")
