"""Public pages: offer to be interviewed, nominate somebody, and the links that mails carry."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import begin_participant_session, public
from accounts.links import LinkNotValidError, valid_link
from accounts.models import LinkPurpose
from core.database import db
from core.errors import RuleError
from evidence.calls import CallNotFoundError, published_call
from evidence.forms import consent_field_names
from evidence.models import Call
from interviews import nominations, volunteers
from interviews.blueprint import bp
from interviews.forms.fields import NominateForm, refuse
from interviews.forms.offers import offer_in, volunteer_form
from interviews.offering.zones import zone_choices
from interviews.targets.sought import still_sought
from interviews.views.equality import note_sign_up


@bp.route("/calls/<slug>/volunteer", methods=["GET", "POST"])
@public
def volunteer(slug: str) -> ResponseReturnValue:
    call = _call(slug)
    if words := _closed(call):
        return render_template("interviews/no_interviews.html", call=call, words=words)
    form = volunteer_form(call)
    if form.validate_on_submit():
        volunteers.sign_up(call, offer_in(form))
        db.session.commit()
        note_sign_up(call)
        return redirect(url_for("interviews.volunteered", slug=slug))
    return render_template(
        "interviews/volunteer.html",
        form=form,
        call=call,
        consent_names=consent_field_names(form),
        zone_groups=zone_choices(),
        sought=still_sought(call),
    )


@bp.get("/calls/<slug>/volunteer/next")
@public
def volunteered(slug: str) -> ResponseReturnValue:
    return render_template("interviews/volunteered.html", call=_call(slug))


@bp.route("/calls/<slug>/nominate", methods=["GET", "POST"])
@public
def nominate(slug: str) -> ResponseReturnValue:
    call = _call(slug)
    if words := _closed(call):
        return render_template("interviews/no_interviews.html", call=call, words=words)
    form = NominateForm()
    if form.validate_on_submit():
        try:
            nominations.nominate(call, form.email.data)
            db.session.commit()
            return redirect(url_for("interviews.nominated", slug=slug))
        except nominations.TooManyNominationsError as error:
            refuse(form.email, error)
    return render_template("interviews/nominate.html", form=form, call=call)


@bp.get("/calls/<slug>/nominate/next")
@public
def nominated(slug: str) -> ResponseReturnValue:
    return render_template("interviews/nominated.html", call=_call(slug))


@bp.get("/nominations/<token>")
@public
def open_nomination(token: str) -> ResponseReturnValue:
    try:
        return redirect(url_for("interviews.volunteer", slug=nominations.nominated_call(token).slug))
    except LinkNotValidError as error:
        flash(str(error))
        return redirect(url_for("evidence.link_needed"))


@bp.get("/link/<token>/bookings/<uuid:booking_id>/<any(move, cancel):deed>")
@public
def open_booking_link(token: str, booking_id: UUID, deed: str) -> ResponseReturnValue:
    """A link in an invitation: begins the person's session and shows the page that moves or cancels."""
    try:
        link = valid_link(token, LinkPurpose.OWN_PAGE)
    except LinkNotValidError as error:
        flash(str(error))
        return redirect(url_for("evidence.link_needed"))
    begin_participant_session(link)
    return redirect(url_for(f"interviews.{deed}_booking", booking_id=booking_id))


def _call(slug: str) -> Call:
    try:
        return published_call(slug)
    except CallNotFoundError:
        abort(404)


def _closed(call: Call) -> str:
    """Why nobody can offer an interview now; empty when they can."""
    try:
        volunteers.require_interviews(call)
    except RuleError as error:
        return str(error)
    return ""
