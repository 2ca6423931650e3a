"""The sound of a recording, for a player that asks for pieces of it; the file that came; the wave that is drawn."""

import logging
from collections.abc import Callable
from uuid import UUID

from flask import Response, abort, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.errors import RuleError
from core.files import StorageUnreachableError
from transcripts.blueprint import bp
from transcripts.models import Recording, RecordingState
from transcripts.playing import Playable, kept_aside, original, sound_response, to_listen_to
from transcripts.recordings import storage, why_not_played
from transcripts.views.found import recording_to_hear

log = logging.getLogger(__name__)


@bp.route("/staff/recordings/<uuid:recording_id>/sound")
@requires(Permission.SEE_STAFF_PAGES)
def play_recording(recording_id: UUID) -> ResponseReturnValue:
    """The small copy where there is one."""
    return _answered(_only_sound(_recording_to_play(recording_id)), to_listen_to)


@bp.route("/staff/recordings/<uuid:recording_id>/original")
@requires(Permission.SEE_STAFF_PAGES)
def download_recording(recording_id: UUID) -> ResponseReturnValue:
    """Also a file that was refused and is kept aside for coordinators."""
    recording = _recording_to_play(recording_id)
    if recording.state is RecordingState.REFUSED and signed_in().may(Permission.MANAGE_VOLUNTEERS):
        return _answered(recording, kept_aside)
    return _answered(_only_sound(recording), original)


@bp.route("/staff/recordings/<uuid:recording_id>/wave")
@requires(Permission.SEE_STAFF_PAGES)
def draw_recording(recording_id: UUID) -> ResponseReturnValue:
    """Empty until it is made."""
    recording = _only_sound(_recording_to_play(recording_id))
    return jsonify(peaks=recording.peaks or [], duration=recording.duration_seconds)


def _answered(recording: Recording, choose: Callable[[Recording], Playable]) -> Response:
    try:
        return sound_response(choose(recording), storage())
    except (RuleError, FileNotFoundError) as error:
        log.error("Recording %s cannot be opened: %s", recording.id, error)
        words = "The stored file is not there." if isinstance(error, FileNotFoundError) else str(error)
        status = 503 if isinstance(error, StorageUnreachableError) else 500
        return Response(words, status=status, mimetype="text/plain")


def _recording_to_play(recording_id: UUID) -> Recording:
    """Not of a person who has taken back that they were recorded."""
    recording = recording_to_hear(recording_id)
    if words := why_not_played(recording.contribution):
        abort(make_response(render_template("transcripts/not_played.html", recording=recording, words=words), 403))
    return recording


def _only_sound(recording: Recording) -> Recording:
    if recording.state is not RecordingState.SOUND:
        abort(404)
    return recording
