"""Line an interviewer's markers up with a recording by hand. Which begin counts is decided in marker_places.py."""

import re
from datetime import timedelta
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from transcripts import marker_places, markers, recordings
from transcripts.blueprint import bp
from transcripts.models import Recording
from transcripts.ownership import booking_of, may_upload_to
from transcripts.views.found import may_decide, recording_to_hear

PLACE = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:\.\d{1,3})?)")  # 1:02:05, 62:05


class NoPlaceError(RuleError):
    """No time that can be read."""


@bp.route("/staff/recordings/<uuid:recording_id>/markers", methods=["POST"])
@requires(Permission.SEE_STAFF_PAGES)
def line_up_markers(recording_id: UUID) -> ResponseReturnValue:
    recording = recording_to_hear(recording_id)
    if not may_line_up(recording):
        abort(403)
    try:
        _line_up(recording)
        db.session.commit()
        flash("The markers have moved. The suggestions that nobody has decided on are made anew.", "success")
    except RuleError as error:
        db.session.rollback()
        flash(str(error))
    return redirect(url_for("transcripts.show_recording", recording_id=recording_id, _anchor="markers"))


def may_line_up(recording: Recording) -> bool:
    """Whoever may upload to the interview, and whoever decides about its passages."""
    booking = booking_of(recording.contribution_id)
    return may_decide() or (booking is not None and may_upload_to(booking, signed_in()))


def shown_markers(recording: Recording) -> dict[str, object]:
    """For the recording's page."""
    rows = markers.of_interview(recording.contribution_id)
    transcript = recordings.newest_transcript(recording)
    found = marker_places.placement(transcript) if rows and transcript else None
    return {
        "markers": [row for row in rows if row.kind in marker_places.ASKING],
        "placement": found,
        "first_markers": marker_places.first_heard(transcript, found) if transcript and found else (),
        "may_line_up": may_line_up(recording) and transcript is not None,
    }


def _line_up(recording: Recording) -> None:
    if "automatic" in request.form:
        marker_places.leave_to_machine(recording)
        return
    rows = [row for row in markers.of_interview(recording.contribution_id) if row.kind in marker_places.ASKING]
    marker = next((row for row in rows if str(row.id) == request.form.get("marker")), None)
    if marker is None:
        raise NoPlaceError("The markers have changed meanwhile. Please look again.")
    marker_places.line_up(recording, marker.tapped_at - timedelta(seconds=_seconds()))


def _seconds() -> float:
    """Where the marker is to lie: as typed, or moved by a button."""
    found = PLACE.fullmatch(request.form.get("place", "").strip())
    move = {"-5": -5.0, "-1": -1.0, "1": 1.0, "5": 5.0}.get(request.form.get("move", ""), 0.0)
    if found is None:
        raise NoPlaceError("Write the time as minutes and seconds, such as 2:05, or with hours, such as 1:02:05.")
    hours, minutes, seconds = found.groups(default="0")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds) + move
