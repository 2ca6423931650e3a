"""The sound of a recording, for a player that asks for pieces of it."""

import logging
from uuid import UUID

from flask import Response, abort
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.errors import RuleError
from transcripts.blueprint import bp
from transcripts.models import RecordingState
from transcripts.playing import sound_response
from transcripts.recordings import storage
from transcripts.views.found import recording_to_hear

log = logging.getLogger(__name__)


@bp.route("/staff/recordings/<uuid:recording_id>/sound")
@requires(Permission.SEE_STAFF_PAGES)
def play_recording(recording_id: UUID) -> ResponseReturnValue:
    recording = recording_to_hear(recording_id)
    if recording.state is not RecordingState.SOUND:
        abort(404)
    try:
        return sound_response(recording, storage())
    except RuleError as error:
        log.error("Recording %s cannot be opened: %s", recording.id, error)
        return Response(str(error), status=500, mimetype="text/plain")
