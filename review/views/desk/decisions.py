"""Decide about passages where they are read: nothing is loaded again, so the sound goes on."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.exits import ExitUse
from evidence.models import Contribution
from evidence.views.hidden_words import require_use
from review.desk import desk_state
from review.views.blueprint import bp
from review.views.desk.answers import save_and_answer
from review.views.desk.pages import interview_or_404
from transcripts.models import Passage
from transcripts.passages import acceptance, undo
from transcripts.passages.acceptance import PassageChangedError
from transcripts.views.lookups import build_undoer, passage_or_404


@bp.get("/staff/desk/<uuid:contribution_id>/state")
@requires(Permission.SEE_STAFF_PAGES)
def get_desk_state(contribution_id: UUID) -> ResponseReturnValue:
    return _build_state(_readable_interview_or_404(contribution_id))


@bp.post("/staff/desk/passages/<uuid:passage_id>/decide")
@requires(Permission.CODE_EVIDENCE)
def decide_passage(passage_id: UUID) -> ResponseReturnValue:
    """Without a question: accept it for the one that it has. With one, also an empty one: that is the decision."""
    contribution = passage_or_404(passage_id).transcript.contribution
    question = request.form.get("question")

    def decide() -> None:
        passage = acceptance.lock_passage(passage_id, request.form.get("seen", ""))
        _decide(passage, question, current_person_or_403().id)

    return save_and_answer(decide, lambda: _build_state(contribution))


@bp.post("/staff/desk/passages/<uuid:passage_id>/reopen")
@requires(Permission.CODE_EVIDENCE)
def reopen_at_desk(passage_id: UUID) -> ResponseReturnValue:
    contribution = passage_or_404(passage_id).transcript.contribution

    def reopen() -> None:
        passage = acceptance.lock_passage(passage_id, request.form.get("seen", ""))
        acceptance.reopen_passage(passage, current_person_or_403().id)

    return save_and_answer(reopen, lambda: _build_state(contribution))


@bp.post("/staff/desk/<uuid:contribution_id>/accept-sure")
@requires(Permission.CODE_EVIDENCE)
def accept_sure_at_desk(contribution_id: UUID) -> ResponseReturnValue:
    def accept(contribution: Contribution) -> None:
        for transcript in desk_state.list_newest_transcripts(contribution):
            acceptance.accept_sure_passages(transcript, current_person_or_403().id)

    return _change(contribution_id, accept)


@bp.post("/staff/desk/<uuid:contribution_id>/undo")
@requires(Permission.CODE_EVIDENCE)
def undo_at_desk(contribution_id: UUID) -> ResponseReturnValue:
    def undo_newest(contribution: Contribution) -> None:
        undoer = build_undoer()
        found = desk_state.find_undo(desk_state.list_newest_transcripts(contribution), undoer)
        if found is None:
            raise PassageChangedError("There is nothing to undo.")
        undo.undo_decision(found[0], found[1].number, undoer)

    return _change(contribution_id, undo_newest)


@bp.post("/staff/desk/<uuid:contribution_id>/redo")
@requires(Permission.CODE_EVIDENCE)
def redo_at_desk(contribution_id: UUID) -> ResponseReturnValue:
    def redo_next(contribution: Contribution) -> None:
        undoer = build_undoer()
        found = desk_state.find_redo(desk_state.list_newest_transcripts(contribution), undoer)
        if found is None:
            raise PassageChangedError("There is nothing to redo.")
        undo.redo_decision(found[0], found[1].number, undoer)

    return _change(contribution_id, redo_next)


def _change(contribution_id: UUID, change: Callable[[Contribution], None]) -> ResponseReturnValue:
    contribution = _readable_interview_or_404(contribution_id)
    return save_and_answer(lambda: change(contribution), lambda: _build_state(contribution))


def _decide(passage: Passage, question: str | None, by: UUID) -> None:
    if question is None:
        acceptance.accept_passage(passage, by)
    elif question or passage.question_key is None:
        acceptance.accept_for_question(passage, question or None, by)
    else:
        acceptance.move_passage(passage, None, by)


def _readable_interview_or_404(contribution_id: UUID) -> Contribution:
    contribution = interview_or_404(contribution_id)
    require_use(ExitUse.READING, contribution)
    return contribution


def _build_state(contribution: Contribution) -> dict[str, Any]:
    return desk_state.build_state(contribution, build_undoer())
