"""Begin, load, copy, download and archive calls, and the overview of one."""

import json
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.transactions import committing
from evidence import calls, participation_modes, updates
from evidence.call_editor import new_calls, parts
from evidence.call_files import format_call
from evidence.call_forms import CallFileForm, TitleForm
from evidence.call_json import CallFileError
from evidence.forms import ButtonForm
from evidence.models import Call
from evidence.views.blueprint import bp
from evidence.views.lookups import call_or_404


@bp.route("/staff/calls/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def begin_call() -> ResponseReturnValue:
    form = TitleForm()
    if form.validate_on_submit():
        call: Call | None = None
        with committing(at=form.title) as saved:
            call = new_calls.begin_call(form.title.data)
        if saved and call is not None:
            return redirect(url_for("evidence.show_call_overview", slug=call.slug))
    return render_template("evidence/call_editor/begin_call.html", form=form)


@bp.route("/staff/calls/load", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def load_call() -> ResponseReturnValue:
    form = CallFileForm()
    if form.validate_on_submit():
        call: Call | None = None
        with committing(at=form.file) as saved:
            call = calls.load_draft(_read_uploaded(form.file.data.read()))
        if saved and call is not None:
            flash("Loaded as a draft. Nothing public has changed.", "success")
            return redirect(url_for("evidence.show_call_overview", slug=call.slug))
    return render_template("evidence/call_editor/load_call.html", form=form)


@bp.get("/staff/calls/<slug>")
@requires(Permission.MANAGE_CALLS)
def show_call_overview(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    draft = calls.read_draft(call)
    return render_template(
        "evidence/call_editor/show_call_overview.html",
        form=ButtonForm(),
        call=call,
        draft=draft,
        status=calls.get_call_status(call),
        has_changes=calls.has_unpublished_changes(call),
        parts=parts.list_call_parts(draft),
        installation_parts=parts.list_installation_parts(),
        PartState=parts.PartState,
        is_open=calls.is_open(call),
        unavailable_modes=participation_modes.list_unavailable_modes(call),
        interested_addresses=[row.email for row in updates.list_interested_addresses(call)],
    )


@bp.get("/staff/calls/<slug>/file")
@requires(Permission.MANAGE_CALLS)
def download_call(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    content = format_call(calls.read_draft(call))
    headers = {"Content-Disposition": f"attachment; filename={call.slug}.json"}
    return content, 200, {"Content-Type": "application/json; charset=utf-8", **headers}


@bp.route("/staff/calls/<slug>/copy", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def copy_call(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    form = TitleForm(data={"title": f"Copy of {call.title}"})
    if form.validate_on_submit():
        copied: Call | None = None
        with committing("Copied as a draft.", at=form.title) as saved:
            copied = new_calls.copy_call(call, form.title.data)
        if saved and copied is not None:
            return redirect(url_for("evidence.show_call_overview", slug=copied.slug))
    return render_template("evidence/call_editor/copy_call.html", form=form, call=call)


@bp.post("/staff/calls/<slug>/archive")
@requires(Permission.MANAGE_CALLS)
def archive_call(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    if ButtonForm().validate_on_submit():
        with committing("The call is archived. It is no longer in lists."):
            calls.archive(call)
    return redirect(url_for("evidence.show_call_overview", slug=slug))


@bp.post("/staff/calls/<slug>/take-out-of-archive")
@requires(Permission.MANAGE_CALLS)
def take_call_out_of_archive(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    if ButtonForm().validate_on_submit():
        with committing("The call is in the lists again."):
            calls.take_out_of_archive(call)
    return redirect(url_for("evidence.show_call_overview", slug=slug))


def _read_uploaded(content: bytes) -> dict[str, Any]:
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise CallFileError("This is not a JSON file. Choose a file that was downloaded from a call.") from error
    if not isinstance(data, dict):
        raise CallFileError("The call has to be an object with named parts.")
    if isinstance(data.get("schedule"), str):
        raise CallFileError("The questions are in another file. Put them into this one as “schedule”.")
    return data
