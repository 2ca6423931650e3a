"""What a person allows, use by use: on the way to sending what they wrote, and at any later time."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db
from evidence import consent
from evidence.contributions import contributions_of
from evidence.forms import consent_field_names, consent_fields, decisions_as_data, decisions_in
from evidence.models import Call, Mode, Participant
from evidence.views.blueprint import bp
from evidence.views.finding import call_or_404, open_written
from evidence.views.writing_pages import after_saving


@bp.route("/my/<slug>/written/consent", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def allow_uses(slug: str) -> ResponseReturnValue:
    """Part of the form. What is left open may come later, up to sending."""
    contribution = open_written(slug)
    form = _form(contribution.participant, contribution.call, {Mode.WRITTEN}, is_required=False)
    if form.validate_on_submit():
        _record(contribution.participant, contribution.call, form)
        return after_saving(contribution, "evidence.allow_uses")
    return render_template(
        "evidence/allow_uses.html", form=form, call=contribution.call, names=consent_field_names(form)
    )


@bp.route("/my/<slug>/consent", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def change_consent(slug: str) -> ResponseReturnValue:
    """Open at all times, also after the call has closed."""
    call = call_or_404(slug)
    participant = db.session.get_one(Participant, signed_in().id)
    modes = {given.mode for given in contributions_of(participant.id) if given.call_id == call.id}
    if not modes:
        abort(404)
    form = _form(participant, call, modes, is_required=True)
    if form.validate_on_submit():
        _record(participant, call, form)
        flash("What you allow is saved.", "success")
        return redirect(url_for("interviews.my_page"))
    return render_template(
        "evidence/change_consent.html",
        form=form,
        call=call,
        names=consent_field_names(form),
        decided=consent.decisions_now(participant.id, call.id),
    )


def _form(participant: Participant, call: Call, modes: set[Mode], *, is_required: bool) -> Any:
    made = consent.decisions_on_these_words(participant.id, call.id)
    return consent_fields(consent.terms_for(call, modes), is_required=is_required)(data=decisions_as_data(made))


def _record(participant: Participant, call: Call, form: Any) -> None:
    consent.record_decisions(participant, call, decisions_in(form), noted_by=None)
    db.session.commit()
