"""Upload a recording with a plain form. Permission and CSRF token are checked before the body is read."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.database import db, read_only_transactions
from core.errors import RuleError
from core.exits import ExitUse
from core.file_storage import FileTooLargeError, format_size
from core.pages import csrf
from evidence import consent, languages
from interviews.models import Booking
from transcripts.forms.uploads import UploadForm
from transcripts.models import Recording
from transcripts.recordings import media_types, processing_jobs, recordings, track_groups
from transcripts.recordings.recording_status import get_recording_status
from transcripts.recordings.streaming_form import StreamedFile, UnreadableFormError, read_streamed_form
from transcripts.uploads.upload_status import list_upload_statuses
from transcripts.views.blueprint import bp
from transcripts.views.early_responses import (
    allows_early_response,
    check_csrf_token,
    mark_body_read,
    set_read_timeout,
)
from transcripts.views.lookups import uploadable_booking_or_404
from transcripts.views.uploads.error_statuses import STORAGE_ERROR_STATUSES

FORM_OVERHEAD_BYTES = 64 * 1024  # boundaries and headers around the file
FILE_FIELD = "recording"


class NoRecordingFileError(RuleError): ...


@dataclass(frozen=True, slots=True)
class IncomingRecording:
    """Plain values: no transaction is open while the file arrives."""

    booking_id: UUID
    contribution_id: UUID
    by: UUID
    call_language: str
    fields: dict[str, str] = field(default_factory=dict)  # the form's fields before the file


@bp.route("/staff/bookings/<uuid:booking_id>/recording", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]  # the usual protection would read the body; check_csrf_token does not
@allows_early_response
@requires(Permission.UPLOAD_RECORDING)
def upload_recording(booking_id: UUID) -> ResponseReturnValue:
    if request.method == "GET":
        return _render_page(uploadable_booking_or_404(booking_id))
    check_csrf_token()
    with read_only_transactions():
        booking = uploadable_booking_or_404(booking_id)
        contribution = booking.volunteer.contribution
        language = contribution.call.language
        arrival = IncomingRecording(booking.id, contribution.id, current_person_or_403().id, language)
        may_record = recordings.may_record(contribution)
        db.session.rollback()  # no transaction is open while the file arrives
    if not may_record:
        return _render_page(uploadable_booking_or_404(booking_id), status=409)
    try:
        recording = _store_recording(arrival)
    except RuleError as error:
        db.session.rollback()
        return _render_page(
            uploadable_booking_or_404(booking_id), arrival.fields, refusal=str(error), status=_get_error_status(error)
        )
    flash("Recording uploaded.", "success")
    return redirect(url_for("transcripts.show_recording", recording_id=recording.id))


def _store_recording(arrival: IncomingRecording) -> Recording:
    file = _read_file(arrival)
    language = languages.parse_language(arrival.fields.get("language", arrival.call_language))
    stored = recordings.store_incoming_file(file)
    mark_body_read()
    try:
        recording = recordings.add_recording(arrival.contribution_id, stored, by=arrival.by, language=language)
        _join_track_group(recording, arrival.fields)
        processing_jobs.enqueue_next_step(recording)
        db.session.commit()
    except BaseException:
        recordings.get_storage().delete(stored.path)
        raise
    return recording


def _join_track_group(recording: Recording, fields: dict[str, str]) -> None:
    chosen_id, others_follow = fields.get("together", ""), bool(fields.get("others_follow"))
    listed = recordings.list_recordings(recording.contribution_id)
    others = {str(row.id): row for row in track_groups.filter_untranscribed(listed)}
    if chosen_id not in {"", *others}:
        raise track_groups.TrackGroupError(
            "The other recording you chose has already been transcribed, or was refused. Choose another."
        )
    if chosen_id or others_follow:
        track_groups.group_with(recording, others.get(chosen_id, recording), others_follow=others_follow)


def _read_file(arrival: IncomingRecording) -> StreamedFile:
    max_bytes = recordings.get_max_recording_bytes()
    if (request.content_length or 0) > max_bytes + FORM_OVERHEAD_BYTES:
        raise FileTooLargeError(f"The file is larger than the limit of {format_size(max_bytes)}.")
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise UnreadableFormError("This upload could not be read. Please use the form on this page.")
    request.max_content_length = max_bytes + FORM_OVERHEAD_BYTES
    set_read_timeout()
    form = read_streamed_form(request.stream, boundary.encode(), FILE_FIELD)
    arrival.fields.update(form.fields)
    if form.file is None:
        raise NoRecordingFileError("Choose a recording to upload.")
    return form.file


def _render_page(
    booking: Booking, values: dict[str, str] | None = None, *, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    contribution = booking.volunteer.contribution
    listed = recordings.list_recordings(contribution.id)
    chosen = {"language": contribution.call.language, **(values or {})}
    form = UploadForm.build(track_groups.filter_untranscribed(listed), chosen)
    if refusal:
        form.recording.errors = [refusal]
    page = render_template(
        "transcripts/uploads/upload_recording.html",
        form=form,
        booking=booking,
        contribution=contribution,
        recording_refusal=consent.decide(ExitUse.LISTENING, contribution).explain(contribution.participant.reference),
        recordings=[(row, get_recording_status(row)) for row in listed],
        uploads=list_upload_statuses(contribution.id, current_person_or_403().id),
        languages=languages.LANGUAGE_CHOICES,
        usual_kinds=media_types.USUAL_KINDS,
        picker_types=media_types.list_picker_types(),
        call_language=contribution.call.language,
    )
    return page, status


def _get_error_status(error: RuleError) -> int:
    return STORAGE_ERROR_STATUSES.get(type(error), 400)
