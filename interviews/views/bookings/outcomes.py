"""Staff record whether an interview took place, and undo it."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.transactions import committing
from interviews.bookings import outcomes
from interviews.forms.bookings import RecordOutcomeForm
from interviews.models import BookingStatus
from interviews.views.blueprint import bp
from interviews.views.bookings.lookups import has_no_email, interview_or_404, needs_outcome

OUTCOME_MESSAGES = {
    BookingStatus.COMPLETED: "Outcome recorded: the interview took place.",
    BookingStatus.NO_SHOW: "Outcome recorded: the person did not come.",
}


@bp.route("/staff/interviews/<uuid:booking_id>/outcome", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_INTERVIEWS)
def record_outcome(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_or_404(booking_id)
    if not needs_outcome(booking):
        flash("This interview has not started, was cancelled, or already has an outcome.")
        return redirect(url_for("interviews.show_interview", booking_id=booking.id))
    form = RecordOutcomeForm()
    if form.validate_on_submit():
        outcome = form.get_chosen_status()
        with committing(OUTCOME_MESSAGES[outcome], at=form.outcome) as saved:
            outcomes.record_outcome(
                booking, outcome, by=current_person_or_403().id, offers_another=bool(form.offers_another.data)
            )
        if saved:
            return redirect(url_for("interviews.show_interview", booking_id=booking.id))
    return render_template(
        "interviews/bookings/record_outcome.html",
        form=form,
        booking=booking,
        is_without_email=has_no_email(booking.volunteer),
    )


@bp.post("/staff/interviews/<uuid:booking_id>/outcome/undo")
@requires(Permission.SEE_OWN_INTERVIEWS)
def undo_outcome(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_or_404(booking_id)
    with committing("Outcome removed."):
        outcomes.undo_outcome(booking)
    return redirect(url_for("interviews.show_interview", booking_id=booking.id))
