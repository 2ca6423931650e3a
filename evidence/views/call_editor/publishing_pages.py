"""Publish a call: what changes for the public, and what the change means for answers that are here."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.transactions import committing
from evidence import calls
from evidence.call_editor import parts
from evidence.call_editor.publishing import describe_publishing
from evidence.forms import ButtonForm
from evidence.views.blueprint import bp
from evidence.views.lookups import call_or_404


@bp.route("/staff/calls/<slug>/publish", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def publish_call(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    form = ButtonForm()
    if form.validate_on_submit():
        with committing() as saved:
            version = calls.publish(call)
            flash(f"Call published with version {version.number} of the questions.", "success")
        if saved:
            return redirect(url_for("evidence.show_call_overview", slug=slug))
    return render_template(
        "evidence/call_editor/publish_call.html",
        form=form,
        call=call,
        plan=describe_publishing(call),
        warnings=parts.list_warnings(calls.read_draft(call)),
        has_changes=calls.has_unpublished_changes(call),
    )


@bp.get("/staff/calls/<slug>/versions")
@requires(Permission.MANAGE_CALLS)
def compare_versions(slug: str) -> ResponseReturnValue:
    """The questions as published and as in the draft, side by side."""
    call = call_or_404(slug)
    live = calls.read_live(call)
    draft = calls.read_draft(call)
    keys = [question.key for question in (live.schedule.iter_questions() if live else ())]
    added = [question.key for question in draft.schedule.iter_questions() if question.key not in keys]
    return render_template(
        "evidence/call_editor/compare_versions.html",
        call=call,
        rows=[
            (
                live.schedule.get_question(key) if live and live.schedule.has_question(key) else None,
                draft.schedule.get_question(key) if draft.schedule.has_question(key) else None,
            )
            for key in [*keys, *added]
        ],
    )
