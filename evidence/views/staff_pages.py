"""Coordinators' pages of calls: the list, the draft, publishing, and the glossary."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.transactions import committing
from evidence import calls, participation_modes, updates
from evidence.forms import ButtonForm, GlossaryForm
from evidence.glossary import TYPICAL_PROMPT_WORDS, count_words
from evidence.languages import get_language_name
from evidence.models import Call
from evidence.views.blueprint import bp


@bp.get("/staff/calls")
@requires(Permission.MANAGE_CALLS)
def list_calls() -> ResponseReturnValue:
    rows = [(call, calls.get_call_status(call), calls.has_unpublished_changes(call)) for call in calls.list_all_calls()]
    return render_template("evidence/list_calls.html", calls=rows)


@bp.route("/staff/calls/<slug>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def publish_call(slug: str) -> ResponseReturnValue:
    call = _call_or_404(slug)
    form = ButtonForm()
    if form.validate_on_submit():
        with committing():
            version = calls.publish(call)
            flash(f"Call published with version {version.number} of the questions.", "success")
        return redirect(url_for("evidence.publish_call", slug=call.slug))
    return render_template(
        "evidence/publish_call.html",
        form=form,
        call=call,
        status=calls.get_call_status(call),
        schedule=calls.read_draft(call).schedule,
        has_changes=calls.has_unpublished_changes(call),
        call_language=get_language_name(call.language),
        unavailable_modes=participation_modes.list_unavailable_modes(call),
        interested_addresses=[row.email for row in updates.list_interested_addresses(call)],
    )


@bp.route("/staff/calls/<slug>/glossary", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def edit_glossary(slug: str) -> ResponseReturnValue:
    call = _call_or_404(slug)
    form = GlossaryForm(data={"terms": "\n".join(call.glossary), "language": call.language})
    if form.validate_on_submit():
        with committing("Saved. New transcriptions will use these names and terms."):
            calls.set_glossary(call, form.parsed_terms)
            calls.set_language(call, form.language.data)
        return redirect(url_for("evidence.edit_glossary", slug=call.slug))
    return render_template(
        "evidence/edit_glossary.html",
        form=form,
        call=call,
        word_count=count_words(call.glossary),
        typical_prompt_words=TYPICAL_PROMPT_WORDS,
    )


def _call_or_404(slug: str) -> Call:
    call = calls.find_call(slug)
    if call is None:
        abort(404)
    return call
