"""Upload a recording. Who asks, and whether the form is ours, is settled before a byte of the body is read."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db, only_reading
from core.errors import RuleError
from core.files import (
    StorageFullError,
    StorageRefusedError,
    StorageUnreachableError,
    TooLargeError,
    readable_size,
)
from core.pages import csrf
from interviews.models import Booking
from transcripts import languages, recordings, together, transcription
from transcripts.arriving import ArrivingFile, NotAFormError, arriving_form
from transcripts.blueprint import bp
from transcripts.forms import UploadForm
from transcripts.models import Recording
from transcripts.standing import standing_of
from transcripts.uploads.describing import described_uploads
from transcripts.views.found import booking_to_upload_to
from transcripts.views.unread_bodies import answered_early, check_token, limit_silence, note_whole_body

ROOM_FOR_THE_FORM = 64 * 1024  # boundaries and headers around the file
FILE_FIELD = "recording"
STATUSES: dict[type[RuleError], int] = {
    TooLargeError: 413,
    StorageFullError: 507,
    StorageUnreachableError: 503,
    StorageRefusedError: 503,
}


class NoFileError(RuleError):
    """The form was sent without a file."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of the interview before the file arrives; no row is held while it does."""

    booking_id: UUID
    contribution_id: UUID
    by: UUID
    words: dict[str, str] = field(default_factory=dict)  # what the form says of the file


@bp.route("/staff/bookings/<uuid:booking_id>/recording", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]  # the common protection would read the body; check_token does not
@answered_early
@requires(Permission.UPLOAD_RECORDING)
def upload_recording(booking_id: UUID) -> ResponseReturnValue:
    if request.method == "GET":
        return _page(booking_to_upload_to(booking_id))
    check_token()
    with only_reading():
        booking = booking_to_upload_to(booking_id)
        arrival = Arrival(booking.id, booking.volunteer.contribution_id, signed_in().id)
        may_record = recordings.may_record(booking.volunteer.contribution)
        db.session.rollback()  # nothing is held open while the file arrives
    if not may_record:
        return _page(booking_to_upload_to(booking_id), status=409)
    try:
        recording = _take_in(arrival)
    except RuleError as error:
        db.session.rollback()
        return _page(booking_to_upload_to(booking_id), arrival.words, refusal=str(error), status=_status_of(error))
    flash("The recording has arrived.", "success")
    return redirect(url_for("transcripts.show_recording", recording_id=recording.id))


def _take_in(arrival: Arrival) -> Recording:
    """Store the file, then its row; without the row the file goes again. Raises RuleError."""
    file = _arriving_file(arrival)
    language = languages.chosen(arrival.words.get("language", ""))
    stored = recordings.receive(file)
    note_whole_body()
    try:
        recording = recordings.add(arrival.contribution_id, stored, by=arrival.by, language=language)
        _put_together(recording, arrival.words)
        transcription.ask_for_next_step(recording)
        db.session.commit()
    except BaseException:
        recordings.storage().delete(stored.path)
        raise
    return recording


def _put_together(recording: Recording, words: dict[str, str]) -> None:
    """With the one that it ran beside, if the form names one. Raises NotTogetherError."""
    asked, others_follow = words.get("together", ""), bool(words.get("others_follow"))
    others = {str(row.id): row for row in together.not_written_down(recordings.of_interview(recording.contribution_id))}
    if asked not in {"", *others}:
        raise together.NotTogetherError("The recording that it ran beside is written down already, or was refused.")
    if asked or others_follow:
        together.put_with(recording, others.get(asked, recording), others_follow=others_follow)


def _arriving_file(arrival: Arrival) -> ArrivingFile:
    """Notes what stands in the form before the file. Raises RuleError."""
    most = recordings.most_bytes()
    if (request.content_length or 0) > most + ROOM_FOR_THE_FORM:
        raise TooLargeError(f"The file is larger than {readable_size(most)}, the most that can be kept.")
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise NotAFormError("This upload could not be read. Please use the form on this page.")
    request.max_content_length = most + ROOM_FOR_THE_FORM
    limit_silence()
    form = arriving_form(request.stream, boundary.encode(), FILE_FIELD)
    arrival.words.update(form.words)
    if form.file is None:
        raise NoFileError("Choose the recording's file.")
    return form.file


def _page(
    booking: Booking, words: dict[str, str] | None = None, *, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    contribution = booking.volunteer.contribution
    listed = recordings.of_interview(contribution.id)
    form = UploadForm.drawn(together.not_written_down(listed), words or {})
    if refusal:
        form.refuse(refusal)
    here = [(row, standing_of(row)) for row in listed]
    page = render_template(
        "transcripts/upload_recording.html",
        form=form,
        booking=booking,
        contribution=contribution,
        may_record=recordings.may_record(contribution),
        recordings=here,
        uploads=described_uploads(contribution.id, signed_in().id),
        languages=languages.CHOICES,
    )
    return page, status


def _status_of(error: RuleError) -> int:
    return STATUSES.get(type(error), 400)
