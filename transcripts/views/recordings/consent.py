"""Note what a participant said aloud about the uses of their words."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.database import db
from evidence import consent
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
    made = consent.get_decisions_on_current_wording(contribution.participant_id, contribution.call_id)
    terms = consent.list_terms_to_ask(contribution.call, {Mode.INTERVIEW})
    form = build_consent_form_class(terms, is_required=False, decisions=made)(data=decisions_to_form_data(made))
    if form.validate_on_submit():
        consent.record_decisions(
            contribution.participant, contribution.call, read_decisions(form), noted_by=current_person_or_403().id
        )
        processing_jobs.retry_waiting_recordings(contribution)
        db.session.commit()
        flash("What was agreed is noted.", "success")
        return redirect(url_for("transcripts.upload_recording", booking_id=booking.id))
    return render_template(
        "transcripts/recordings/note_consent.html",
        form=form,
        names=list_consent_field_names(form),
        booking=booking,
        contribution=contribution,
    )
