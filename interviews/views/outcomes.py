"""Staff note whether an interview happened, and take a wrong note back."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from interviews.blueprint import bp
from interviews.by_staff import outcomes
from interviews.forms.fields import refuse
from interviews.forms.staff import NoteOutcomeForm
from interviews.models import BookingStatus
from interviews.views.found import interview_to_see, is_without_email, waits_for_outcome

NOTED = {BookingStatus.HAPPENED: "It is noted that the interview happened.", BookingStatus.NO_SHOW: "It is noted."}


@bp.route("/staff/interviews/<uuid:booking_id>/outcome", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_INTERVIEWS)
def note_outcome(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_to_see(booking_id)
    if not waits_for_outcome(booking):
        flash("This interview has not begun, was cancelled, or has its outcome already.")
        return redirect(url_for("interviews.show_interview", booking_id=booking.id))
    form = NoteOutcomeForm()
    if form.validate_on_submit():
        try:
            outcomes.settle(booking, form.chosen(), by=signed_in().id, offers_another=bool(form.offers_another.data))
            db.session.commit()
            flash(NOTED[booking.status], "success")
            return redirect(url_for("interviews.show_interview", booking_id=booking.id))
        except RuleError as error:
            refuse(form.outcome, error)
    return render_template(
        "interviews/note_outcome.html", form=form, booking=booking, is_without_email=is_without_email(booking.volunteer)
    )


@bp.post("/staff/interviews/<uuid:booking_id>/outcome/undo")
@requires(Permission.SEE_OWN_INTERVIEWS)
def undo_outcome(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_to_see(booking_id)
    try:
        outcomes.undo(booking)
        db.session.commit()
        flash("The outcome is taken back.", "success")
    except RuleError as error:
        flash(str(error))
    return redirect(url_for("interviews.show_interview", booking_id=booking.id))
