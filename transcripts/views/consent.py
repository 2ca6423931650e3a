"""Note what a participant said aloud about the uses of their words."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db
from evidence import consent
from evidence.forms import consent_field_names, consent_fields, decisions_as_data, decisions_in
from evidence.models import Mode
from transcripts import transcription
from transcripts.blueprint import bp
from transcripts.views.found import booking_to_upload_to


@bp.route("/staff/bookings/<uuid:booking_id>/consent", methods=["GET", "POST"])
@requires(Permission.UPLOAD_RECORDING)
def note_consent(booking_id: UUID) -> ResponseReturnValue:
    booking = booking_to_upload_to(booking_id)
    contribution = booking.volunteer.contribution
    made = consent.decisions_on_these_words(contribution.participant_id, contribution.call_id)
    terms = consent.terms_for(contribution.call, {Mode.INTERVIEW})
    form = consent_fields(terms, is_required=False, decided=made)(data=decisions_as_data(made))
    if form.validate_on_submit():
        consent.record_decisions(
            contribution.participant, contribution.call, decisions_in(form), noted_by=signed_in().id
        )
        transcription.wake_waiting(contribution)
        db.session.commit()
        flash("What was agreed is noted.", "success")
        return redirect(url_for("transcripts.upload_recording", booking_id=booking.id))
    return render_template(
        "transcripts/note_consent.html",
        form=form,
        names=consent_field_names(form),
        booking=booking,
        contribution=contribution,
    )
