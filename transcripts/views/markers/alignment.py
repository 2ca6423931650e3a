"""Align an interviewer's markers with a recording manually."""

import re
from datetime import timedelta
from uuid import UUID

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.errors import RuleError
from core.transactions import committing
from transcripts.markers import live_markers, placement
from transcripts.models import Recording
from transcripts.recordings import recordings
from transcripts.recordings.ownership import find_booking, may_upload_to
from transcripts.views.blueprint import bp
from transcripts.views.lookups import may_decide, recording_or_404

TIME_PATTERN = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:\.\d{1,3})?)")  # 1:02:05, 62:05


class UnreadableTimeError(RuleError): ...


@bp.route("/staff/recordings/<uuid:recording_id>/markers", methods=["POST"])
@requires(Permission.SEE_STAFF_PAGES)
def align_markers(recording_id: UUID) -> ResponseReturnValue:
    recording = recording_or_404(recording_id)
    if not may_align_markers(recording):
        abort(403)
    with committing("Markers moved. We will update the suggestions that nobody has decided about."):
        _apply_alignment(recording)
    return redirect(url_for("transcripts.show_recording", recording_id=recording_id, _anchor="markers"))


def may_align_markers(recording: Recording) -> bool:
    booking = find_booking(recording.contribution_id)
    return may_decide() or (booking is not None and may_upload_to(booking, current_person_or_403()))


def build_marker_context(recording: Recording) -> dict[str, object]:
    rows = live_markers.list_markers(recording.contribution_id)
    transcript = recordings.get_newest_transcript(recording)
    aligned = placement.find_placement(transcript) if rows and transcript else None
    return {
        "markers": [row for row in rows if row.kind in placement.ASKING_KINDS],
        "placement": aligned,
        "first_markers": placement.list_first_markers(transcript, aligned) if transcript and aligned else (),
        "may_line_up": may_align_markers(recording) and transcript is not None,
    }


def _apply_alignment(recording: Recording) -> None:
    if "automatic" in request.form:
        placement.align_automatically(recording)
        return
    rows = [row for row in live_markers.list_markers(recording.contribution_id) if row.kind in placement.ASKING_KINDS]
    marker = next((row for row in rows if str(row.id) == request.form.get("marker")), None)
    if marker is None:
        raise UnreadableTimeError("The markers have changed since you opened the page. Check them and try again.")
    placement.align_by_hand(recording, marker.tapped_at - timedelta(seconds=_parse_seconds()))


def _parse_seconds() -> float:
    match = TIME_PATTERN.fullmatch(request.form.get("place", "").strip())
    move = {"-5": -5.0, "-1": -1.0, "1": 1.0, "5": 5.0}.get(request.form.get("move", ""), 0.0)
    if match is None:
        raise UnreadableTimeError("Enter the time in minutes and seconds, like 2:05, or with hours, like 1:02:05.")
    hours, minutes, seconds = match.groups(default="0")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds) + move
