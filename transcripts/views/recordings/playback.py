"""The sound of a recording, for a player that asks for pieces of it; the file that came; the wave that is drawn."""

import logging
from collections.abc import Callable
from uuid import UUID

from flask import Response, abort, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.errors import RuleError
from core.file_storage import StorageUnreachableError
from transcripts.models import Recording, RecordingState
from transcripts.recordings.playback import (
    PlayableFile,
    build_audio_response,
    get_listening_copy,
    get_original,
    get_refused_file,
)
from transcripts.recordings.recordings import explain_playback_refusal, get_storage
from transcripts.views.blueprint import bp
from transcripts.views.lookups import recording_or_404

log = logging.getLogger(__name__)


@bp.route("/staff/recordings/<uuid:recording_id>/sound")
@requires(Permission.SEE_STAFF_PAGES)
def play_recording(recording_id: UUID) -> ResponseReturnValue:
    """The small copy where there is one."""
    return _respond(_require_playable(_playable_recording_or_403(recording_id)), get_listening_copy)


@bp.route("/staff/recordings/<uuid:recording_id>/original")
@requires(Permission.SEE_STAFF_PAGES)
def download_recording(recording_id: UUID) -> ResponseReturnValue:
    """Also a file that was refused and is kept aside for coordinators."""
    recording = _playable_recording_or_403(recording_id)
    if recording.state is RecordingState.REFUSED and current_person_or_403().may(Permission.MANAGE_VOLUNTEERS):
        return _respond(recording, get_refused_file)
    return _respond(_require_playable(recording), get_original)


@bp.route("/staff/recordings/<uuid:recording_id>/wave")
@requires(Permission.SEE_STAFF_PAGES)
def get_waveform(recording_id: UUID) -> ResponseReturnValue:
    """Empty until it is made."""
    recording = _require_playable(_playable_recording_or_403(recording_id))
    return jsonify(peaks=recording.peaks or [], duration=recording.duration_seconds)


def _respond(recording: Recording, choose: Callable[[Recording], PlayableFile]) -> Response:
    try:
        return build_audio_response(choose(recording), get_storage())
    except (RuleError, FileNotFoundError) as error:
        log.error("Recording %s cannot be opened: %s", recording.id, error)
        words = "The stored file is not there." if isinstance(error, FileNotFoundError) else str(error)
        status = 503 if isinstance(error, StorageUnreachableError) else 500
        return Response(words, status=status, mimetype="text/plain")


def _playable_recording_or_403(recording_id: UUID) -> Recording:
    """Not of a person who has taken back that they were recorded."""
    recording = recording_or_404(recording_id)
    if words := explain_playback_refusal(recording.contribution):
        abort(
            make_response(
                render_template("transcripts/recordings/not_played.html", recording=recording, words=words), 403
            )
        )
    return recording


def _require_playable(recording: Recording) -> Recording:
    if recording.state is not RecordingState.PLAYABLE:
        abort(404)
    return recording
