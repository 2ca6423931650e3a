"""Set, swap, merge and confirm the speakers of a transcript."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.transactions import committing
from transcripts.models import SpeakerRole, Transcript
from transcripts.passages.corrected_text import rewrite_answers
from transcripts.speakers import roles
from transcripts.views.blueprint import bp
from transcripts.views.lookups import transcript_or_404


@bp.route("/staff/transcripts/<uuid:transcript_id>/speakers/swap", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def swap_speakers(transcript_id: UUID) -> ResponseReturnValue:
    return _apply_change(transcript_id, lambda transcript: roles.swap_roles(transcript, current_person_or_403().id))


@bp.route("/staff/transcripts/<uuid:transcript_id>/speakers/confirm", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def confirm_speakers(transcript_id: UUID) -> ResponseReturnValue:
    return _apply_change(
        transcript_id, lambda transcript: roles.confirm_speakers(transcript, current_person_or_403().id)
    )


@bp.route("/staff/transcripts/<uuid:transcript_id>/speakers/merge", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def merge_speakers(transcript_id: UUID) -> ResponseReturnValue:
    letter, into = _read_field("speaker"), _read_field("into")
    return _apply_change(
        transcript_id, lambda transcript: roles.merge_speakers(transcript, letter, into, current_person_or_403().id)
    )


@bp.route("/staff/transcripts/<uuid:transcript_id>/speakers/separate", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def separate_speakers(transcript_id: UUID) -> ResponseReturnValue:
    letter = _read_field("speaker")
    return _apply_change(
        transcript_id, lambda transcript: roles.separate_speaker(transcript, letter, current_person_or_403().id)
    )


@bp.route("/staff/transcripts/<uuid:transcript_id>/speakers/role", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def set_speaker_role(transcript_id: UUID) -> ResponseReturnValue:
    letter, role = _read_field("speaker"), _read_field("role")
    if role and role not in set(SpeakerRole):
        abort(400)
    chosen = SpeakerRole(role) if role else None
    return _apply_change(
        transcript_id, lambda transcript: roles.set_role(transcript, letter, chosen, current_person_or_403().id)
    )


def _apply_change(transcript_id: UUID, change: Callable[[Transcript], None]) -> ResponseReturnValue:
    transcript = transcript_or_404(transcript_id)
    with committing():
        change(transcript)
        rewrite_answers(transcript, transcript.passages, current_person_or_403().id)
    return redirect(url_for("transcripts.show_transcript", transcript_id=transcript_id, _anchor="speakers"))


def _read_field(name: str) -> str:
    if name not in request.form:
        abort(400)
    return request.form[name]
