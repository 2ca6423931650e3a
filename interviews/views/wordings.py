"""Coordinators change the text of a call's emails."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from core.form_fields import add_field_error
from core.mail_rendering import lay_out_text
from evidence.models import Call
from interviews.forms.wordings import WordingForm
from interviews.views.blueprint import bp
from interviews.views.lookups import staff_call_or_404
from interviews.wordings import wordings
from interviews.wordings.placeholders import PLACEHOLDER_MEANINGS, WordingError
from interviews.wordings.wording_kinds import WORDING_KINDS, WordingKind
from interviews.wordings.wordings import Wording


@bp.route("/staff/calls/<slug>/notices/<kind_key>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def change_wording(slug: str, kind_key: str) -> ResponseReturnValue:
    call, kind = staff_call_or_404(slug), _kind_or_404(kind_key)
    own = wordings.find_wording(call, kind.key)
    form = WordingForm(obj=own or wordings.build_default_wording(kind))
    if form.validate_on_submit() and _is_wording_valid(form, kind, call):
        wordings.set_wording(call, kind, _build_wording(form))
        db.session.commit()
        flash("Text saved. We will use it in emails from now on.", "success")
        return redirect(url_for("interviews.change_wording", slug=slug, kind_key=kind_key))
    return render_template(
        "interviews/wordings/change_wording.html",
        call=call,
        kind=kind,
        form=form,
        is_own=own is not None,
        placeholder_meanings=PLACEHOLDER_MEANINGS,
        preview=None if form.errors else wordings.preview_wording(_build_wording(form), call),
        blocks=lay_out_text,
    )


@bp.post("/staff/calls/<slug>/notices/<kind_key>/preview")
@requires(Permission.MANAGE_CALLS)
def preview_wording(slug: str, kind_key: str) -> ResponseReturnValue:
    call, kind = staff_call_or_404(slug), _kind_or_404(kind_key)
    form = WordingForm()
    is_valid = form.validate() and _is_wording_valid(form, kind, call)
    return render_template(
        "interviews/wordings/change_wording.html",
        call=call,
        kind=kind,
        form=form,
        is_own=wordings.find_wording(call, kind.key) is not None,
        placeholder_meanings=PLACEHOLDER_MEANINGS,
        preview=wordings.preview_wording(_build_wording(form), call) if is_valid else None,
        blocks=lay_out_text,
        is_unsaved=True,
    )


def _is_wording_valid(form: WordingForm, kind: WordingKind, call: Call) -> bool:
    try:
        wordings.check_subject(kind, form.subject.data, call)
    except WordingError as error:
        add_field_error(form.subject, error)
    try:
        wordings.check_text(kind, form.text.data)
    except WordingError as error:
        add_field_error(form.text, error)
    return not form.errors


def _build_wording(form: WordingForm) -> Wording:
    return Wording(form.subject.data, form.text.data)


def _kind_or_404(key: str) -> WordingKind:
    return WORDING_KINDS.get(key) or abort(404)


@bp.post("/staff/calls/<slug>/notices/<kind_key>/ours")
@requires(Permission.MANAGE_CALLS)
def reset_wording(slug: str, kind_key: str) -> ResponseReturnValue:
    wordings.reset_wording(staff_call_or_404(slug), _kind_or_404(kind_key))
    db.session.commit()
    flash("We will use the default text again.", "success")
    return redirect(url_for("interviews.change_wording", slug=slug, kind_key=kind_key))
