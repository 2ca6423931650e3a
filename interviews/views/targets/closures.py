"""Coordinators close bookings for a call or a site, and open them again. A GET shows what would happen."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from evidence.forms import ButtonForm
from evidence.models import Call, Site
from interviews.targets.closures import close_bookings, is_closed, preview_closure, reopen_bookings
from interviews.views.blueprint import bp
from interviews.views.lookups import staff_call_or_404


@bp.route("/staff/calls/<slug>/close", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def close_call(slug: str) -> ResponseReturnValue:
    call = staff_call_or_404(slug)
    return _show_close_page("interviews/targets/close_call.html", call, call)


@bp.route("/staff/calls/<slug>/reopen", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def reopen_call(slug: str) -> ResponseReturnValue:
    call = staff_call_or_404(slug)
    return _show_reopen_page("interviews/targets/reopen_call.html", call, call)


@bp.route("/staff/calls/<slug>/sites/<key>/close", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def close_site(slug: str, key: str) -> ResponseReturnValue:
    call = staff_call_or_404(slug)
    return _show_close_page("interviews/targets/close_site.html", call, _site_or_404(call, key))


@bp.route("/staff/calls/<slug>/sites/<key>/reopen", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def reopen_site(slug: str, key: str) -> ResponseReturnValue:
    call = staff_call_or_404(slug)
    return _show_reopen_page("interviews/targets/reopen_site.html", call, _site_or_404(call, key))


def _site_or_404(call: Call, key: str) -> Site:
    return next((site for site in call.sites if site.key == key), None) or abort(404)


def _show_close_page(template: str, call: Call, scope: Call | Site) -> ResponseReturnValue:
    form = ButtonForm()
    if form.validate_on_submit():
        result = close_bookings(scope)
        db.session.commit()
        people = "1 person has" if result.notified == 1 else f"{result.notified} people have"
        flash(f"Bookings closed. {people} been emailed.", "success")
        if result.references_without_email:
            flash(f"Phone or write to {', '.join(result.references_without_email)}. They have no email address.")
        return _redirect_to_progress(call)
    if is_closed(scope):
        return _redirect_to_progress(call)
    return render_template(template, form=form, call=call, scope=scope, preview=preview_closure(scope))


def _show_reopen_page(template: str, call: Call, scope: Call | Site) -> ResponseReturnValue:
    form = ButtonForm()
    if form.validate_on_submit():
        reopen_bookings(scope)
        db.session.commit()
        flash("Bookings open again. We have not emailed anyone.", "success")
        return _redirect_to_progress(call)
    if not is_closed(scope):
        return _redirect_to_progress(call)
    return render_template(template, form=form, call=call, scope=scope, preview=preview_closure(scope))


def _redirect_to_progress(call: Call) -> ResponseReturnValue:
    return redirect(url_for("interviews.show_call_progress", slug=call.slug))
