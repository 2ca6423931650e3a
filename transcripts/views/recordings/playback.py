"""Play a recording, in ranges for the player; download the original file; the waveform that the player draws."""

import logging
from collections.abc import Callable
from uuid import UUID

from flask import Response, abort, jsonify
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core import exits
from core.errors import NotReadyError, RuleError
from core.exits import ExitUse
from evidence.views.hidden_words import require_use
from transcripts.models import Recording, RecordingState
from transcripts.recordings.playback import (
    PlayableFile,
    build_audio_response,
    get_listening_copy,
    get_original,
    get_refused_file,
)
from transcripts.recordings.recordings import get_storage
from transcripts.views.blueprint import bp
from transcripts.views.lookups import recording_or_404

log = logging.getLogger(__name__)


@bp.route("/staff/recordings/<uuid:recording_id>/sound")
@requires(Permission.SEE_STAFF_PAGES)
@exits.returns("sound", ExitUse.LISTENING)
def play_recording(recording_id: UUID) -> ResponseReturnValue:
    return _respond(_require_playable(_playable_recording_or_403(recording_id)), get_listening_copy)


@bp.route("/staff/recordings/<uuid:recording_id>/original")
@requires(Permission.MANAGE_VOLUNTEERS)
@exits.returns("the original file of a recording", ExitUse.LISTENING)
def download_recording(recording_id: UUID) -> ResponseReturnValue:
    recording = _playable_recording_or_403(recording_id)
    if recording.state is RecordingState.REFUSED:
        return _respond(recording, get_refused_file)
    return _respond(_require_playable(recording), get_original)


@bp.route("/staff/recordings/<uuid:recording_id>/wave")
@requires(Permission.SEE_STAFF_PAGES)
@exits.returns("the drawn wave of a recording", ExitUse.LISTENING)
def get_waveform(recording_id: UUID) -> ResponseReturnValue:
    recording = _require_playable(_playable_recording_or_403(recording_id))
    return jsonify(peaks=recording.peaks or [], duration=recording.duration_seconds)


def _respond(recording: Recording, choose: Callable[[Recording], PlayableFile]) -> Response:
    try:
        return build_audio_response(choose(recording), get_storage())
    except (RuleError, FileNotFoundError) as error:
        log.error("Recording %s cannot be opened: %s", recording.id, error)
        message = "The stored file is missing." if isinstance(error, FileNotFoundError) else str(error)
        status = 503 if isinstance(error, NotReadyError) else 500
        return Response(message, status=status, mimetype="text/plain")


def _playable_recording_or_403(recording_id: UUID) -> Recording:
    recording = recording_or_404(recording_id)
    require_use(ExitUse.LISTENING, recording.contribution)
    return recording


def _require_playable(recording: Recording) -> Recording:
    if recording.state is not RecordingState.PLAYABLE:
        abort(404)
    return recording
