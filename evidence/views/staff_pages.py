"""Coordinators' pages of calls: the list, the draft as people will see it, publishing, the words that may be said."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from evidence import calls, participation_modes
from evidence.forms import ButtonForm, GlossaryForm
from evidence.glossary import TYPICAL_PROMPT_WORDS, count_words
from evidence.models import Call
from evidence.schedule import schedule_from_json
from evidence.views.blueprint import bp


@bp.get("/staff/calls")
@requires(Permission.MANAGE_CALLS)
def list_calls() -> ResponseReturnValue:
    listed = [
        (call, calls.get_call_status(call), calls.has_unpublished_changes(call)) for call in calls.list_all_calls()
    ]
    return render_template("evidence/list_calls.html", calls=listed)


@bp.route("/staff/calls/<slug>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def publish_call(slug: str) -> ResponseReturnValue:
    call = _call_or_404(slug)
    form = ButtonForm()
    if form.validate_on_submit():
        version = calls.publish(call)
        db.session.commit()
        flash(f"Published, with version {version.number} of the questions.", "success")
        return redirect(url_for("evidence.publish_call", slug=call.slug))
    return render_template(
        "evidence/publish_call.html",
        form=form,
        call=call,
        standing=calls.get_call_status(call),
        schedule=schedule_from_json(call.draft_schedule),
        has_changes=calls.has_unpublished_changes(call),
        not_working=participation_modes.list_unavailable_modes(call),
        interested=calls.list_interested_addresses(call),
    )


@bp.route("/staff/calls/<slug>/glossary", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def edit_glossary(slug: str) -> ResponseReturnValue:
    call = _call_or_404(slug)
    form = GlossaryForm(data={"terms": "\n".join(call.glossary)})
    if form.validate_on_submit():
        calls.set_glossary(call, form.parsed_terms)
        db.session.commit()
        flash("Saved. Recordings written down from now on are heard with these words.", "success")
        return redirect(url_for("evidence.edit_glossary", slug=call.slug))
    words = count_words(call.glossary)
    return render_template(
        "evidence/edit_glossary.html", form=form, call=call, words=words, words_read=TYPICAL_PROMPT_WORDS
    )


def _call_or_404(slug: str) -> Call:
    call = calls.find_call(slug)
    if call is None:
        abort(404)
    return call
