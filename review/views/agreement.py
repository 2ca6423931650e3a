"""Double coding: the rounds of a call, coding in one, and what came out of it."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import exits
from core.database import db
from core.exits import ExitUse
from core.transactions import committing
from evidence.views.hidden_words import require_use
from evidence.views.lookups import load_staff_names, published_call_or_404
from review.agreement import rounds
from review.agreement.units import list_texts
from review.coding import code_applications, codebook
from review.coding.shown_words import list_round_spans, mark_words
from review.coding.theme_lookup import parse_ids
from review.forms.agreement import RoundForm
from review.forms.coding import CodeWordsForm
from review.models import CodedSpan, CodingRound, CodingTask
from review.views.blueprint import bp
from review.views.coding.lookups import theme_or_404, words_or_404


@bp.route("/staff/read/<slug>/rounds", methods=["GET", "POST"])
@requires(Permission.CODE_EVIDENCE)
def list_rounds(slug: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    form = RoundForm().offer(rounds.list_coders())
    if form.validate_on_submit():
        with committing("The round has begun.", at=form.coders) as saved:
            coders = parse_ids(form.coders.data)
            rounds.create_round(call, form.title.data, coders, form.size.data, by=current_person_or_403().id)
        if saved:
            return redirect(url_for("review.list_rounds", slug=slug))
    return render_template(
        "review/agreement/list_rounds.html",
        call=call,
        form=form,
        rounds=rounds.list_rounds(call),
        is_complete=rounds.is_complete,
        person=current_person_or_403(),
    )


@bp.get("/staff/rounds/<uuid:round_id>")
@requires(Permission.CODE_EVIDENCE)
@exits.returns("sentences on which coders differ", ExitUse.READING)
def show_round(round_id: UUID) -> ResponseReturnValue:
    coding_round = round_or_404(round_id)
    return render_template(
        "review/agreement/show_round.html",
        round=coding_round,
        call=coding_round.call,
        own_tasks=rounds.list_own_tasks(coding_round, current_person_or_403().id),
        is_complete=rounds.is_complete(coding_round),
        figures=rounds.read_figures(coding_round),
        disagreements=rounds.list_disagreements(coding_round),
        staff_names=load_staff_names(),
    )


@bp.get("/staff/coding-tasks/<uuid:task_id>")
@requires(Permission.CODE_EVIDENCE)
@exits.returns("a contribution to code", ExitUse.READING)
def code_contribution(task_id: UUID) -> ResponseReturnValue:
    """With the coder's own themes of this round only."""
    task = own_task_or_404(task_id)
    spans = list_round_spans(task.round_id, task.coder_id, task.contribution_id)
    return render_template(
        "review/agreement/code_contribution.html",
        task=task,
        round=db.session.get_one(CodingRound, task.round_id),
        texts=[mark_words(words, spans) for words in list_texts(task.contribution)],
        spans=spans,
    )


@bp.route("/staff/coding-tasks/<uuid:task_id>/words/<anchor>", methods=["GET", "POST"])
@requires(Permission.CODE_EVIDENCE)
@exits.returns("words to code", ExitUse.READING)
def code_round_words(task_id: UUID, anchor: str) -> ResponseReturnValue:
    task, chosen = own_task_or_404(task_id), words_or_404(anchor)
    coding_round = db.session.get_one(CodingRound, task.round_id)
    form = CodeWordsForm.build(codebook.list_themes(coding_round.call))
    del form.new_theme, form.memo
    if form.validate_on_submit():
        with committing("These words have the theme.", at=form.theme) as saved:
            ids = parse_ids([form.theme.data or ""])
            if not ids:
                raise code_applications.ThemeNotUsableError("Choose a theme.")
            rounds.code_in_round(coding_round, chosen.anchor, theme_or_404(ids.pop()), by=task.coder_id)
        if saved:
            return redirect(url_for("review.code_contribution", task_id=task_id))
    return render_template("review/agreement/code_round_words.html", task=task, chosen=chosen, form=form)


@bp.post("/staff/coding-tasks/<uuid:task_id>/finish")
@requires(Permission.CODE_EVIDENCE)
def finish_task(task_id: UUID) -> ResponseReturnValue:
    task = own_task_or_404(task_id)
    with committing("Thank you. This contribution is finished."):
        rounds.finish_task(task, is_skipped=request.form.get("skip") == "yes")
    return redirect(url_for("review.show_round", round_id=task.round_id))


@bp.post("/staff/coding-tasks/<uuid:task_id>/coded/<uuid:span_id>/remove")
@requires(Permission.CODE_EVIDENCE)
def remove_round_code(task_id: UUID, span_id: UUID) -> ResponseReturnValue:
    task, span = own_task_or_404(task_id), db.session.get(CodedSpan, span_id)
    is_own = span is not None and (span.round_id, span.coded_by) == (task.round_id, task.coder_id)
    if span is None or not is_own or task.finished_at is not None:
        abort(404)
    with committing("These words no longer have the theme."):
        code_applications.remove_code(span)
    return redirect(url_for("review.code_contribution", task_id=task_id))


@bp.post("/staff/rounds/<uuid:round_id>/close")
@requires(Permission.CODE_EVIDENCE)
def close_round(round_id: UUID) -> ResponseReturnValue:
    coding_round, kept = round_or_404(round_id), 0
    with committing() as saved:
        kept = rounds.keep_agreed(coding_round, by=current_person_or_403().id)
    if saved:
        flash(f"What everybody agreed on is in the evidence: {kept} sentences.", "success")
    return redirect(url_for("review.show_round", round_id=round_id))


def round_or_404(round_id: UUID) -> CodingRound:
    return db.session.get(CodingRound, round_id) or abort(404)


def own_task_or_404(task_id: UUID) -> CodingTask:
    """Others' tasks are not found, so that nobody sees what another coder did."""
    task = db.session.get(CodingTask, task_id)
    if task is None or task.coder_id != current_person_or_403().id:
        abort(404)
    require_use(ExitUse.CORRECTING, task.contribution)
    return task
