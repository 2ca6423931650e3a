"""Your own uploads to an interview: their progress, cancel one, or try to process one again."""

from uuid import UUID

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.database import db
from core.transactions import committing
from interviews.models import Booking
from transcripts.models import Upload
from transcripts.recordings import recordings
from transcripts.recordings.recording_status import get_recording_status
from transcripts.uploads import uploads
from transcripts.uploads.upload_status import list_upload_statuses
from transcripts.views.blueprint import bp
from transcripts.views.lookups import uploadable_booking_or_404
from transcripts.views.uploads.part_transfer import delete_counted_parts


@bp.route("/staff/bookings/<uuid:booking_id>/uploads/progress")
@requires(Permission.UPLOAD_RECORDING)
def show_upload_progress(booking_id: UUID) -> ResponseReturnValue:
    booking = uploadable_booking_or_404(booking_id)
    contribution = booking.volunteer.contribution
    return render_template(
        "transcripts/uploads/_upload_progress.html",
        booking=booking,
        contribution=contribution,
        recordings=[(row, get_recording_status(row)) for row in recordings.list_recordings(contribution.id)],
        uploads=list_upload_statuses(contribution.id, current_person_or_403().id),
    )


@bp.route("/staff/bookings/<uuid:booking_id>/uploads/<uuid:upload_id>/cancel", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def cancel_upload(booking_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    upload = _own_upload_or_404(uploadable_booking_or_404(booking_id), upload_id)
    with committing() as cancelled:
        uploads.cancel_upload(upload)
    if cancelled:
        delete_counted_parts(upload_id)
    return redirect(url_for("transcripts.upload_recording", booking_id=booking_id))


@bp.route("/staff/bookings/<uuid:booking_id>/uploads/<uuid:upload_id>/retry", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def retry_upload(booking_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    uploads.retry_assembly(_own_upload_or_404(uploadable_booking_or_404(booking_id), upload_id))
    db.session.commit()
    return redirect(url_for("transcripts.upload_recording", booking_id=booking_id))


def _own_upload_or_404(booking: Booking, upload_id: UUID) -> Upload:
    upload = uploads.find_own_upload(upload_id, booking.volunteer.contribution_id, current_person_or_403().id)
    if upload is None:
        abort(404)
    return upload
