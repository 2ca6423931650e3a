"""Decide about passages: accept, move, put back, undo. Rules are in passages.py and undoing.py."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.local_paths import local_path
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from transcripts import passages, undoing
from transcripts.blueprint import bp
from transcripts.models import Decision, Passage, Transcript
from transcripts.undoing import Undoer
from transcripts.views.found import transcript_to_read, undoer


@bp.route("/staff/passages/<uuid:passage_id>/accept", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def accept_passage(passage_id: UUID) -> ResponseReturnValue:
    """Under the question that was chosen beside the button, if there was a choice."""

    def decide(passage: Passage) -> None:
        if "question" in request.form:
            passages.accept_for(passage, request.form["question"] or None, signed_in().id)
        else:
            passages.accept(passage, signed_in().id)

    return _decide(passage_id, decide)


@bp.route("/staff/passages/<uuid:passage_id>/move", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def move_passage(passage_id: UUID) -> ResponseReturnValue:
    """An empty `question` means none."""
    if "question" not in request.form:
        abort(400)
    return _decide(passage_id, lambda passage: passages.move(passage, request.form["question"] or None, signed_in().id))


@bp.route("/staff/passages/<uuid:passage_id>/put-back", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def put_back_passage(passage_id: UUID) -> ResponseReturnValue:
    return _decide(passage_id, lambda passage: passages.put_back(passage, signed_in().id))


@bp.route("/staff/transcripts/<uuid:transcript_id>/accept-sure", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def accept_sure_passages(transcript_id: UUID) -> ResponseReturnValue:
    transcript = transcript_to_read(transcript_id)
    try:
        count = passages.accept_all_sure(transcript, signed_in().id)
        db.session.commit()
        flash(f"{count} {'passages' if count != 1 else 'passage'} accepted.", "success")
    except RuleError as error:
        db.session.rollback()
        flash(str(error))
    return redirect(url_for("transcripts.show_transcript", transcript_id=transcript_id))


@bp.route("/staff/transcripts/<uuid:transcript_id>/undo", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def undo_decision(transcript_id: UUID) -> ResponseReturnValue:
    return _step(transcript_id, undoing.undo)


@bp.route("/staff/transcripts/<uuid:transcript_id>/redo", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def redo_decision(transcript_id: UUID) -> ResponseReturnValue:
    return _step(transcript_id, undoing.redo)


def _step(transcript_id: UUID, step: Callable[[Transcript, int, Undoer], Decision]) -> ResponseReturnValue:
    transcript, number = transcript_to_read(transcript_id), request.form.get("number", "")
    if not (number.isascii() and number.isdecimal()):
        abort(400)
    try:
        step(transcript, int(number), undoer())
        db.session.commit()
    except RuleError as error:
        db.session.rollback()
        flash(str(error))
    return redirect(url_for("transcripts.show_transcript", transcript_id=transcript_id, _anchor="steps"))


def _decide(passage_id: UUID, decide: Callable[[Passage], None]) -> ResponseReturnValue:
    found = db.session.get(Passage, passage_id)
    transcript_id = found.transcript_id if found else _transcript_sent()
    try:
        decide(passages.to_decide(passage_id, request.form.get("seen", "")))
        db.session.commit()
    except RuleError as error:
        db.session.rollback()
        flash(str(error))
    return redirect(local_path(request.form.get("back")) or _on_the_transcript(transcript_id, passage_id))


def _on_the_transcript(transcript_id: UUID, passage_id: UUID) -> str:
    return url_for("transcripts.show_transcript", transcript_id=transcript_id, _anchor=f"passage-{passage_id}")


def _transcript_sent() -> UUID:
    """Of a passage that is gone, because its suggestions were made anew."""
    try:
        return UUID(request.form.get("transcript", ""))
    except ValueError:
        abort(404)
