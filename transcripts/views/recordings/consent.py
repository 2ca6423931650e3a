"""Record what a participant agreed to aloud in the interview."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.transactions import committing
from evidence import consent
from evidence.consent import RecordedDecisions
from evidence.forms import (
    build_consent_form_class,
    decisions_to_form_data,
    list_consent_field_names,
    read_decisions,
)
from evidence.models import Mode
from transcripts.recordings import processing_jobs
from transcripts.views.blueprint import bp
from transcripts.views.lookups import uploadable_booking_or_404


@bp.route("/staff/bookings/<uuid:booking_id>/consent", methods=["GET", "POST"])
@requires(Permission.UPLOAD_RECORDING)
def record_consent(booking_id: UUID) -> ResponseReturnValue:
    booking = uploadable_booking_or_404(booking_id)
    contribution = booking.volunteer.contribution
    decisions = consent.get_decisions_on_current_wording(contribution.participant_id, contribution.call_id)
    terms = consent.list_terms_to_ask(contribution.call, {Mode.INTERVIEW})
    form_class = build_consent_form_class(terms, is_required=False, decisions=decisions)
    form = form_class(data=decisions_to_form_data(decisions))
    if form.validate_on_submit():
        with committing() as saved:
            recorded = consent.record_decisions(
                contribution.participant, contribution.call, read_decisions(form), noted_by=current_person_or_403().id
            )
            processing_jobs.retry_waiting_recordings(contribution)
        if saved:
            flash(_describe_recorded(recorded, contribution.participant.reference), "success")
        return redirect(url_for("transcripts.upload_recording", booking_id=booking.id))
    return render_template(
        "transcripts/recordings/record_consent.html",
        form=form,
        names=list_consent_field_names(form),
        booking=booking,
        contribution=contribution,
    )


def _describe_recorded(recorded: RecordedDecisions, reference: str) -> str:
    if not (recorded.noted or recorded.proposed):
        return "Nothing has changed."
    message = "Answers saved."
    if recorded.proposed:
        message += (
            f" {reference} had said no themselves to something that you noted as a yes. It stays a no until they"
            " confirm it."
        )
    if recorded.is_person_emailed:
        return f"{message} We have emailed {reference}."
    return f"{message} {reference} has no email address, so phone or write to them."
