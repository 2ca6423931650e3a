"""Say who is who in a transcript: swap, merge, set, confirm. Rules are in speakers/roles.py."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from transcripts.blueprint import bp
from transcripts.models import SpeakerRole, Transcript
from transcripts.speakers import roles
from transcripts.views.found import transcript_to_read


@bp.route("/staff/transcripts/<uuid:transcript_id>/speakers/swap", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def swap_speakers(transcript_id: UUID) -> ResponseReturnValue:
    return _change(transcript_id, lambda transcript: roles.swap(transcript, signed_in().id))


@bp.route("/staff/transcripts/<uuid:transcript_id>/speakers/confirm", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def confirm_speakers(transcript_id: UUID) -> ResponseReturnValue:
    return _change(transcript_id, lambda transcript: roles.confirm(transcript, signed_in().id))


@bp.route("/staff/transcripts/<uuid:transcript_id>/speakers/merge", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def merge_speakers(transcript_id: UUID) -> ResponseReturnValue:
    one, into = _sent("speaker"), _sent("into")
    return _change(transcript_id, lambda transcript: roles.merge(transcript, one, into, signed_in().id))


@bp.route("/staff/transcripts/<uuid:transcript_id>/speakers/separate", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def separate_speakers(transcript_id: UUID) -> ResponseReturnValue:
    letter = _sent("speaker")
    return _change(transcript_id, lambda transcript: roles.separate(transcript, letter, signed_in().id))


@bp.route("/staff/transcripts/<uuid:transcript_id>/speakers/role", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def set_speakers_role(transcript_id: UUID) -> ResponseReturnValue:
    """An empty `role` means that it is not known."""
    letter, role = _sent("speaker"), _sent("role")
    if role and role not in set(SpeakerRole):
        abort(400)
    chosen = SpeakerRole(role) if role else None
    return _change(transcript_id, lambda transcript: roles.set_role(transcript, letter, chosen, signed_in().id))


def _change(transcript_id: UUID, change: Callable[[Transcript], None]) -> ResponseReturnValue:
    transcript = transcript_to_read(transcript_id)
    try:
        change(transcript)
        db.session.commit()
    except RuleError as error:
        db.session.rollback()
        flash(str(error))
    return redirect(url_for("transcripts.show_transcript", transcript_id=transcript_id, _anchor="speakers"))


def _sent(name: str) -> str:
    if name not in request.form:
        abort(400)
    return request.form[name]
