"""Coordinators' pages of calls: the list, the draft as people will see it, publishing, the words that may be said."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from evidence import calls, ways
from evidence.forms import ButtonForm, GlossaryForm
from evidence.glossary import WORDS_READ, count_words
from evidence.models import Call
from evidence.schedule import schedule_from_json
from evidence.views.blueprint import bp


@bp.get("/staff/calls")
@requires(Permission.MANAGE_CALLS)
def list_calls() -> ResponseReturnValue:
    listed = [(call, calls.standing(call), calls.has_unpublished_changes(call)) for call in calls.all_calls()]
    return render_template("evidence/list_calls.html", calls=listed)


@bp.route("/staff/calls/<slug>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def publish_call(slug: str) -> ResponseReturnValue:
    call = _call(slug)
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
        standing=calls.standing(call),
        schedule=schedule_from_json(call.draft_schedule),
        has_changes=calls.has_unpublished_changes(call),
        not_working=ways.ways_not_working(call),
        interested=calls.interested_addresses(call),
    )


@bp.route("/staff/calls/<slug>/glossary", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def edit_glossary(slug: str) -> ResponseReturnValue:
    call = _call(slug)
    form = GlossaryForm(data={"terms": "\n".join(call.glossary)})
    if form.validate_on_submit():
        calls.set_glossary(call, form.chosen)
        db.session.commit()
        flash("Saved. Recordings written down from now on are heard with these words.", "success")
        return redirect(url_for("evidence.edit_glossary", slug=call.slug))
    words = count_words(call.glossary)
    return render_template("evidence/edit_glossary.html", form=form, call=call, words=words, words_read=WORDS_READ)


def _call(slug: str) -> Call:
    call = calls.find_call(slug)
    if call is None:
        abort(404)
    return call
