"""The list of recordings, and one recording with its progress, language and priority."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.database import db
from core.exits import ExitUse
from core.transactions import committing
from evidence import languages
from evidence.views.hidden_words import decide_for_reader
from transcripts.forms.recordings import LanguageForm
from transcripts.models import Recording, RecordingState
from transcripts.recordings import (
    interview_lists,
    processing_jobs,
    queue_priority,
    track_groups,
    tracks,
)
from transcripts.recordings.ownership import find_booking, may_upload_to
from transcripts.recordings.recording_status import get_recording_status
from transcripts.transcription import language_changes, pipeline
from transcripts.views.blueprint import bp
from transcripts.views.lookups import own_recording_or_404, recording_or_404
from transcripts.views.markers.alignment import build_marker_context


@bp.route("/staff/recordings")
@requires(Permission.SEE_STAFF_PAGES)
def list_recordings() -> ResponseReturnValue:
    person, only_refused = current_person_or_403(), request.args.get("state") == RecordingState.REFUSED
    return render_template(
        "transcripts/recordings/list_recordings.html",
        recordings=interview_lists.list_recordings(person, RecordingState.REFUSED if only_refused else None),
        transcripts_without_recording=(
            [] if only_refused else interview_lists.list_transcripts_without_recording(person)
        ),
        bookings_without_recording=[] if only_refused else interview_lists.list_bookings_without_recording(person),
        only_refused=only_refused,
    )


@bp.route("/staff/recordings/<uuid:recording_id>")
@requires(Permission.SEE_STAFF_PAGES)
def show_recording(recording_id: UUID) -> ResponseReturnValue:
    recording = recording_or_404(recording_id)
    context = _build_context(recording)
    may_change = context["booking"] is not None and language_changes.may_change_language(recording)
    return render_template(
        "transcripts/recordings/show_recording.html",
        language_form=LanguageForm(formdata=None, language=recording.language or "") if may_change else None,
        listening=decide_for_reader(ExitUse.LISTENING, recording.contribution),
        may_use_damaged=context["booking"] is not None and pipeline.may_use_damaged(recording),
        **context,
    )


@bp.route("/staff/recordings/<uuid:recording_id>/progress")
@requires(Permission.SEE_STAFF_PAGES)
def show_recording_progress(recording_id: UUID) -> ResponseReturnValue:
    return render_template(
        "transcripts/recordings/_recording_progress.html", **_build_context(recording_or_404(recording_id))
    )


@bp.route("/staff/recordings/<uuid:recording_id>/cancel", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def cancel_processing(recording_id: UUID) -> ResponseReturnValue:
    recording = own_recording_or_404(recording_id)
    processing_jobs.cancel_processing(recording)
    db.session.commit()
    return redirect(url_for("transcripts.show_recording", recording_id=recording.id))


@bp.route("/staff/recordings/<uuid:recording_id>/retry", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def retry_processing(recording_id: UUID) -> ResponseReturnValue:
    recording = own_recording_or_404(recording_id)
    with committing():
        processing_jobs.enqueue_next_step(recording)
    return redirect(url_for("transcripts.show_recording", recording_id=recording_id))


@bp.route("/staff/recordings/<uuid:recording_id>/use-damaged", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def use_damaged_recording(recording_id: UUID) -> ResponseReturnValue:
    recording = own_recording_or_404(recording_id)
    with committing("We will use what can be played of this recording."):
        pipeline.use_damaged(recording)
    return redirect(url_for("transcripts.show_recording", recording_id=recording_id))


@bp.route("/staff/recordings/<uuid:recording_id>/language", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def change_recording_language(recording_id: UUID) -> ResponseReturnValue:
    recording, code = own_recording_or_404(recording_id), request.form.get("language", "")
    with committing(f"Language spoken: {languages.get_language_name(code)}."):
        language_changes.change_language(recording, languages.parse_language(code))
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
    person, booking = current_person_or_403(), find_booking(recording.contribution_id)
    language = tracks.get_primary_track(recording).language
    return {
        "recording": recording,
        "status": get_recording_status(recording),
        "may_choose": person.may(Permission.MANAGE_VOLUNTEERS),
        "may_work": booking is not None and may_upload_to(booking, person),
        "other_tracks": track_groups.list_other_tracks(recording),
        "language": languages.get_language_name(language) if language else "",
        "booking": booking if booking is not None and may_upload_to(booking, person) else None,
        "zone": recording.contribution.call.zone,
        **build_marker_context(recording),
    }
