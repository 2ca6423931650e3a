"""Coordinators' list of calls, and the names and terms of one. Writing a call: call_editor."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.transactions import committing
from evidence import calls
from evidence.forms import GlossaryForm
from evidence.glossary import TYPICAL_PROMPT_WORDS, count_words
from evidence.views.blueprint import bp
from evidence.views.lookups import call_or_404


@bp.get("/staff/calls")
@requires(Permission.MANAGE_CALLS)
def list_calls() -> ResponseReturnValue:
    rows = [(call, calls.get_call_status(call), calls.has_unpublished_changes(call)) for call in calls.list_all_calls()]
    return render_template("evidence/list_calls.html", calls=rows)


@bp.route("/staff/calls/<slug>/glossary", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def edit_glossary(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
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
