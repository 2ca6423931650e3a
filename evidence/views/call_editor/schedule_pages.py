"""The schedule editor: sections and questions of the draft."""

from collections.abc import Callable, Mapping

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.transactions import committing
from evidence import calls
from evidence.call_editor import schedule_edits
from evidence.call_editor.new_calls import list_taken_question_keys
from evidence.call_editor.schedule_changes import compare_schedules
from evidence.call_editor.schedule_edits import Direction, NotInScheduleError
from evidence.call_rows import replace_schedule
from evidence.forms import ButtonForm
from evidence.models import Call
from evidence.schedule import Question, Schedule, Section
from evidence.schedule_forms import QuestionForm, SectionTitleForm, question_to_form_data
from evidence.views.blueprint import bp
from evidence.views.lookups import call_or_404

ScheduleEdit = Callable[[Schedule], Schedule]
KeyedEdit = Callable[[Schedule, str, Call], Schedule]
SECTION_ACTIONS: Mapping[str, KeyedEdit] = {
    "up": lambda schedule, key, _call: schedule_edits.move_section(schedule, key, Direction.UP),
    "down": lambda schedule, key, _call: schedule_edits.move_section(schedule, key, Direction.DOWN),
    "copy": lambda schedule, key, call: schedule_edits.copy_section(schedule, key, list_taken_question_keys(call)),
}
QUESTION_ACTIONS: Mapping[str, KeyedEdit] = {
    "up": lambda schedule, key, _call: schedule_edits.move_question(schedule, key, Direction.UP),
    "down": lambda schedule, key, _call: schedule_edits.move_question(schedule, key, Direction.DOWN),
    "copy": lambda schedule, key, call: schedule_edits.copy_question(schedule, key, list_taken_question_keys(call)),
}


@bp.get("/staff/calls/<slug>/questions")
@requires(Permission.MANAGE_CALLS)
def edit_schedule(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    schedule, live = calls.read_draft(call).schedule, calls.read_live(call)
    return render_template(
        "evidence/call_editor/edit_schedule.html",
        call=call,
        schedule=schedule,
        changes={item.after.key: item.kind for item in compare_schedules(live.schedule, schedule) if item.after}
        if live
        else {},
    )


@bp.route("/staff/calls/<slug>/questions/sections/add", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def add_section(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    form = SectionTitleForm()
    if form.validate_on_submit():
        with committing("Section added to the draft.", at=form.title) as saved:
            _edit(call, lambda schedule: schedule_edits.add_section(schedule, form.title.data))
        if saved:
            return _return_to_editor(slug)
    return render_template("evidence/call_editor/add_section.html", form=form, call=call)


@bp.route("/staff/calls/<slug>/questions/sections/<section_key>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def rename_section(slug: str, section_key: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    section = _section_or_404(call, section_key)
    form = SectionTitleForm(data={"title": section.title})
    if form.validate_on_submit():
        with committing("Saved in the draft.", at=form.title) as saved:
            _edit(call, lambda schedule: schedule_edits.rename_section(schedule, section_key, form.title.data))
        if saved:
            return _return_to_editor(slug)
    return render_template("evidence/call_editor/rename_section.html", form=form, call=call, section=section)


@bp.post("/staff/calls/<slug>/questions/sections/<section_key>/arrange")
@requires(Permission.MANAGE_CALLS)
def arrange_section(slug: str, section_key: str) -> ResponseReturnValue:
    return _arrange(slug, section_key, SECTION_ACTIONS)


@bp.route("/staff/calls/<slug>/questions/sections/<section_key>/remove", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def remove_section(slug: str, section_key: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    section = _section_or_404(call, section_key)
    form = ButtonForm()
    if form.validate_on_submit():
        with committing("Section removed from the draft."):
            _edit(call, lambda schedule: schedule_edits.remove_section(schedule, section_key))
        return _return_to_editor(slug)
    return render_template("evidence/call_editor/remove_section.html", form=form, call=call, section=section)


@bp.route("/staff/calls/<slug>/questions/sections/<section_key>/add-question", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def add_question(slug: str, section_key: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    section = _section_or_404(call, section_key)
    form = QuestionForm(data=question_to_form_data(None))
    if form.validate_on_submit():
        taken = list_taken_question_keys(call)
        with committing("Question added to the draft.", at=form.prompt) as saved:
            _edit(
                call,
                lambda schedule: schedule_edits.add_question(schedule, section_key, form.read_question(), taken),
            )
        if saved:
            return _return_to_editor(slug, f"section-{section_key}")
    return render_template("evidence/call_editor/add_question.html", form=form, call=call, section=section)


@bp.route("/staff/calls/<slug>/questions/<question_key>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def change_question(slug: str, question_key: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    question = _question_or_404(call, question_key)
    form = QuestionForm(data=question_to_form_data(question))
    if form.validate_on_submit():
        changed = form.read_question(question_key)
        with committing("Saved in the draft.", at=form.prompt) as saved:
            _edit(call, lambda schedule: schedule_edits.change_question(schedule, question_key, changed))
        if saved:
            return _return_to_editor(slug)
    return render_template(
        "evidence/call_editor/change_question.html",
        form=form,
        call=call,
        question=question,
        published=calls.list_published_questions(call).get(question_key),
    )


@bp.post("/staff/calls/<slug>/questions/<question_key>/arrange")
@requires(Permission.MANAGE_CALLS)
def arrange_question(slug: str, question_key: str) -> ResponseReturnValue:
    return _arrange(slug, question_key, QUESTION_ACTIONS)


@bp.route("/staff/calls/<slug>/questions/<question_key>/remove", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def remove_question(slug: str, question_key: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    question = _question_or_404(call, question_key)
    form = ButtonForm()
    if form.validate_on_submit():
        with committing("Question removed from the draft."):
            _edit(call, lambda schedule: schedule_edits.remove_question(schedule, question_key))
        return _return_to_editor(slug)
    return render_template(
        "evidence/call_editor/remove_question.html",
        form=form,
        call=call,
        question=question,
        is_published=question_key in calls.list_published_questions(call),
    )


def _arrange(slug: str, key: str, actions: Mapping[str, KeyedEdit]) -> ResponseReturnValue:
    call = call_or_404(slug)
    action = actions.get(request.form.get("action", ""))
    if action is None:
        abort(400)
    if ButtonForm().validate_on_submit():
        with committing():
            _edit(call, lambda schedule: action(schedule, key, call))
    return _return_to_editor(slug, f"item-{key}")


def _edit(call: Call, edit: ScheduleEdit) -> None:
    calls.edit_draft(call, lambda draft: replace_schedule(draft, edit(draft.schedule)))


def _return_to_editor(slug: str, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("evidence.edit_schedule", slug=slug, _anchor=anchor))


def _section_or_404(call: Call, key: str) -> Section:
    try:
        return schedule_edits.find_section(calls.read_draft(call).schedule, key)
    except NotInScheduleError:
        abort(404)


def _question_or_404(call: Call, key: str) -> Question:
    try:
        return schedule_edits.find_question(calls.read_draft(call).schedule, key)
    except NotInScheduleError:
        abort(404)
