"""A person's own uploads to an interview: how far they are, cancel one, put one together again."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from interviews.models import Booking
from transcripts import recordings
from transcripts.blueprint import bp
from transcripts.models import Upload
from transcripts.standing import standing_of
from transcripts.uploads import ending, uploads
from transcripts.uploads.describing import described_uploads
from transcripts.views.found import booking_to_upload_to


@bp.route("/staff/bookings/<uuid:booking_id>/uploads/progress")
@requires(Permission.UPLOAD_RECORDING)
def upload_progress(booking_id: UUID) -> ResponseReturnValue:
    """The part of the page that changes, for the browser to ask for again and again."""
    booking = booking_to_upload_to(booking_id)
    contribution = booking.volunteer.contribution
    return render_template(
        "transcripts/upload_progress.html",
        booking=booking,
        contribution=contribution,
        recordings=[(row, standing_of(row)) for row in recordings.of_interview(contribution.id)],
        uploads=described_uploads(contribution.id, signed_in().id),
    )


@bp.route("/staff/bookings/<uuid:booking_id>/uploads/<uuid:upload_id>/cancel", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def cancel_upload(booking_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    booking = booking_to_upload_to(booking_id)
    try:
        uploads.cancel(_own(booking, upload_id))
    except RuleError as error:
        flash(str(error))
    db.session.commit()
    ending.remove_parts(upload_id)
    return redirect(url_for("transcripts.upload_recording", booking_id=booking_id))


@bp.route("/staff/bookings/<uuid:booking_id>/uploads/<uuid:upload_id>/retry", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def retry_upload(booking_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    uploads.try_again(_own(booking_to_upload_to(booking_id), upload_id))
    db.session.commit()
    return redirect(url_for("transcripts.upload_recording", booking_id=booking_id))


def _own(booking: Booking, upload_id: UUID) -> Upload:
    upload = uploads.find_own(upload_id, booking.volunteer.contribution_id, signed_in().id)
    if upload is None:
        abort(404)
    return upload
