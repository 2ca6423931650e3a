"""Public pages: offer to be interviewed, suggest somebody, and the links in emails about it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import public
from accounts.links import LinkNotValidError
from core.database import db
from core.errors import RuleError
from core.transactions import committing
from evidence.forms import list_consent_field_names
from evidence.models import Call
from evidence.views.lookups import published_call_or_404
from interviews.availability.time_zones import list_zone_choices
from interviews.forms.volunteers import NominateForm, build_sign_up_form, parse_sign_up
from interviews.targets.open_targets import list_open_targets
from interviews.views.blueprint import bp
from interviews.views.equality import remember_sign_up
from interviews.volunteers import nominations, volunteers


@bp.route("/calls/<slug>/volunteer", methods=["GET", "POST"])
@public
def sign_up(slug: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    if reason := _get_closed_reason(call):
        return render_template("interviews/volunteers/no_interviews.html", call=call, reason=reason)
    form = build_sign_up_form(call)
    if form.validate_on_submit():
        volunteers.sign_up(call, parse_sign_up(form))
        db.session.commit()
        remember_sign_up(call)
        return redirect(url_for("interviews.show_signed_up", slug=slug))
    return render_template(
        "interviews/volunteers/sign_up.html",
        form=form,
        call=call,
        consent_names=list_consent_field_names(form),
        zone_groups=list_zone_choices(),
        open_targets=list_open_targets(call),
    )


@bp.get("/calls/<slug>/volunteer/next")
@public
def show_signed_up(slug: str) -> ResponseReturnValue:
    return render_template("interviews/volunteers/show_signed_up.html", call=published_call_or_404(slug))


@bp.route("/calls/<slug>/nominate", methods=["GET", "POST"])
@public
def nominate_person(slug: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    if reason := _get_closed_reason(call):
        return render_template("interviews/volunteers/no_interviews.html", call=call, reason=reason)
    form = NominateForm()
    if form.validate_on_submit():
        with committing(at=form.email) as saved:
            nominations.nominate(call, form.email.data)
        if saved:
            return redirect(url_for("interviews.show_nominated", slug=slug))
    return render_template("interviews/volunteers/nominate_person.html", form=form, call=call)


@bp.get("/calls/<slug>/nominate/next")
@public
def show_nominated(slug: str) -> ResponseReturnValue:
    return render_template("interviews/volunteers/show_nominated.html", call=published_call_or_404(slug))


@bp.get("/nominations/<token>")
@public
def open_nomination(token: str) -> ResponseReturnValue:
    try:
        return redirect(url_for("interviews.sign_up", slug=nominations.get_nominated_call(token).slug))
    except LinkNotValidError as error:
        flash(str(error))
        return redirect(url_for("evidence.request_link"))


def _get_closed_reason(call: Call) -> str:
    try:
        volunteers.require_interviews_open(call)
    except RuleError as error:
        return str(error)
    return ""
