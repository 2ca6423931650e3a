"""Coordinators remove a recording or a text that was uploaded by mistake."""

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from core.transactions import committing
from privacy.forms.mistakes import RemovalForm
from privacy.mistakes import removal
from privacy.views.blueprint import bp
from transcripts.models import Recording, Transcript


@bp.route("/staff/privacy/recordings/<uuid:recording_id>/remove", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def remove_recording(recording_id: UUID) -> ResponseReturnValue:
    recording = db.get_or_404(Recording, recording_id)
    reference, form = recording.contribution.participant.reference, RemovalForm()
    if form.validate_on_submit():
        with committing(f"The recording of {reference} is removed for good.", at=form.reason) as saved:
            removal.remove_recording(recording, form.chosen_reason)
        if saved:
            return redirect(url_for("transcripts.list_recordings"))
    return render_template(
        "privacy/mistakes/remove_recording.html", form=form, recording=recording, reference=reference
    )


@bp.route("/staff/privacy/transcripts/<uuid:transcript_id>/remove", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def remove_transcript(transcript_id: UUID) -> ResponseReturnValue:
    transcript = db.get_or_404(Transcript, transcript_id)
    reference, form = transcript.contribution.participant.reference, RemovalForm()
    if form.validate_on_submit():
        with committing(f"The text of {reference} is removed for good.", at=form.reason) as saved:
            removal.remove_transcript(transcript, form.chosen_reason)
        if saved:
            return redirect(url_for("transcripts.list_recordings"))
    return render_template("privacy/mistakes/remove_transcript.html", form=form, reference=reference)
