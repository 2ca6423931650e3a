"""Where each recording stands: the list, one recording with its progress, stop and try again."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from transcripts.forms.recordings import LanguageForm
from transcripts.models import Recording, RecordingState
from transcripts.recordings import (
    interview_lists,
    languages,
    processing_jobs,
    queue_priority,
    recordings,
    track_groups,
    tracks,
)
from transcripts.recordings.ownership import find_booking, may_upload_to
from transcripts.recordings.recording_status import get_recording_status
from transcripts.transcription import language_changes
from transcripts.views.blueprint import bp
from transcripts.views.lookups import own_recording_or_404, recording_or_404
from transcripts.views.markers.alignment import build_marker_context


@bp.route("/staff/recordings")
@requires(Permission.SEE_STAFF_PAGES)
def list_recordings() -> ResponseReturnValue:
    person, only_refused = current_person_or_403(), request.args.get("state") == RecordingState.REFUSED
    return render_template(
        "transcripts/recordings/list_recordings.html",
        interviews=interview_lists.list_recordings(person, RecordingState.REFUSED if only_refused else None),
        texts=[] if only_refused else interview_lists.list_transcripts_without_recording(person),
        waiting=[] if only_refused else interview_lists.list_bookings_without_recording(person),
        only_refused=only_refused,
    )


@bp.route("/staff/recordings/<uuid:recording_id>")
@requires(Permission.SEE_STAFF_PAGES)
def show_recording(recording_id: UUID) -> ResponseReturnValue:
    shown = _build_context(recording_or_404(recording_id))
    may_change = shown["booking"] is not None and language_changes.may_change_language(shown["recording"])
    form = LanguageForm(formdata=None, language=shown["recording"].language or "") if may_change else None
    not_played = recordings.explain_playback_refusal(shown["recording"].contribution)
    return render_template(
        "transcripts/recordings/show_recording.html", language_form=form, not_played=not_played, **shown
    )


@bp.route("/staff/recordings/<uuid:recording_id>/progress")
@requires(Permission.SEE_STAFF_PAGES)
def show_recording_progress(recording_id: UUID) -> ResponseReturnValue:
    """The part of the page that changes, for the browser to ask for again and again."""
    return render_template(
        "transcripts/recordings/_recording_progress.html", **_build_context(recording_or_404(recording_id))
    )


@bp.route("/staff/recordings/<uuid:recording_id>/cancel", methods=["POST"])
@requires(Permission.SEE_STAFF_PAGES)
def cancel_processing(recording_id: UUID) -> ResponseReturnValue:
    recording = recording_or_404(recording_id)
    processing_jobs.cancel_processing(recording)
    db.session.commit()
    return redirect(url_for("transcripts.show_recording", recording_id=recording.id))


@bp.route("/staff/recordings/<uuid:recording_id>/retry", methods=["POST"])
@requires(Permission.SEE_STAFF_PAGES)
def retry_processing(recording_id: UUID) -> ResponseReturnValue:
    recording = recording_or_404(recording_id)
    try:
        processing_jobs.enqueue_next_step(recording)
    except RuleError as error:
        flash(str(error))
    db.session.commit()
    return redirect(url_for("transcripts.show_recording", recording_id=recording.id))


@bp.route("/staff/recordings/<uuid:recording_id>/language", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def change_recording_language(recording_id: UUID) -> ResponseReturnValue:
    """An empty `language` means that it is to be found out."""
    recording = own_recording_or_404(recording_id)
    try:
        language_changes.change_language(recording, languages.parse_language(request.form.get("language", "")))
        db.session.commit()
        flash(f"Language spoken: {languages.get_language_name(recording.language)}.", "success")
    except RuleError as error:
        db.session.rollback()
        flash(str(error))
    return redirect(url_for("transcripts.show_recording", recording_id=recording_id))


@bp.route("/staff/recordings/<uuid:recording_id>/first", methods=["POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def prioritise_recording(recording_id: UUID) -> ResponseReturnValue:
    queue_priority.prioritise_recording(recording_or_404(recording_id))
    db.session.commit()
    return redirect(url_for("transcripts.show_recording", recording_id=recording_id))


@bp.route("/staff/recordings/<uuid:recording_id>/in-turn", methods=["POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def deprioritise_recording(recording_id: UUID) -> ResponseReturnValue:
    queue_priority.deprioritise_recording(recording_or_404(recording_id))
    db.session.commit()
    return redirect(url_for("transcripts.show_recording", recording_id=recording_id))


def _build_context(recording: Recording) -> dict[str, Any]:
    booking = find_booking(recording.contribution_id)
    may_upload = booking is not None and may_upload_to(booking, current_person_or_403())
    language = tracks.get_primary_track(recording).language
    return {
        "recording": recording,
        "standing": get_recording_status(recording),
        "may_choose": current_person_or_403().may(Permission.MANAGE_VOLUNTEERS),
        "beside": track_groups.list_other_tracks(recording),
        "language": languages.get_language_name(language) if language else "",
        "booking": booking if may_upload else None,
        "zone": recording.contribution.call.zone,
        **build_marker_context(recording),
    }
