"""Accept, move and reopen passages; undo and redo decisions."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.local_paths import parse_local_path
from accounts.roles import Permission
from core.database import db
from core.transactions import committing
from transcripts.models import Decision, Passage, Transcript
from transcripts.passages import acceptance, undo
from transcripts.passages.undo import Undoer
from transcripts.views.blueprint import bp
from transcripts.views.lookups import build_undoer, transcript_or_404


@bp.route("/staff/passages/<uuid:passage_id>/accept", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def accept_passage(passage_id: UUID) -> ResponseReturnValue:
    def decide(passage: Passage) -> None:
        if "question" in request.form:
            acceptance.accept_for_question(passage, request.form["question"] or None, current_person_or_403().id)
        else:
            acceptance.accept_passage(passage, current_person_or_403().id)

    return _apply_decision(passage_id, decide)


@bp.route("/staff/passages/<uuid:passage_id>/move", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def move_passage(passage_id: UUID) -> ResponseReturnValue:
    if "question" not in request.form:
        abort(400)
    return _apply_decision(
        passage_id,
        lambda passage: acceptance.move_passage(passage, request.form["question"] or None, current_person_or_403().id),
    )


@bp.route("/staff/passages/<uuid:passage_id>/put-back", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def reopen_passage(passage_id: UUID) -> ResponseReturnValue:
    return _apply_decision(passage_id, lambda passage: acceptance.reopen_passage(passage, current_person_or_403().id))


@bp.route("/staff/transcripts/<uuid:transcript_id>/accept-sure", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def accept_sure_passages(transcript_id: UUID) -> ResponseReturnValue:
    transcript = transcript_or_404(transcript_id)
    count = 0
    with committing() as saved:
        count = acceptance.accept_sure_passages(transcript, current_person_or_403().id)
    if saved:
        flash(f"{count} {'passages' if count != 1 else 'passage'} accepted.", "success")
    return redirect(url_for("transcripts.show_transcript", transcript_id=transcript_id))


@bp.route("/staff/transcripts/<uuid:transcript_id>/undo", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def undo_decision(transcript_id: UUID) -> ResponseReturnValue:
    return _apply_step(transcript_id, undo.undo_decision)


@bp.route("/staff/transcripts/<uuid:transcript_id>/redo", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def redo_decision(transcript_id: UUID) -> ResponseReturnValue:
    return _apply_step(transcript_id, undo.redo_decision)


def _apply_step(transcript_id: UUID, step: Callable[[Transcript, int, Undoer], Decision]) -> ResponseReturnValue:
    transcript, number = transcript_or_404(transcript_id), request.form.get("number", "")
    if not (number.isascii() and number.isdecimal()):
        abort(400)
    with committing():
        step(transcript, int(number), build_undoer())
    return redirect(url_for("transcripts.show_transcript", transcript_id=transcript_id, _anchor="steps"))


def _apply_decision(passage_id: UUID, decide: Callable[[Passage], None]) -> ResponseReturnValue:
    passage = db.session.get(Passage, passage_id)
    transcript_id = passage.transcript_id if passage else _read_transcript_id()
    with committing():
        decide(acceptance.lock_passage(passage_id, request.form.get("seen", "")))
    return redirect(parse_local_path(request.form.get("back")) or _build_passage_url(transcript_id, passage_id))


def _build_passage_url(transcript_id: UUID, passage_id: UUID) -> str:
    return url_for("transcripts.show_transcript", transcript_id=transcript_id, _anchor=f"passage-{passage_id}")


def _read_transcript_id() -> UUID:
    try:
        return UUID(request.form.get("transcript", ""))
    except ValueError:
        abort(404)
