"""Coordinators close a call or a site to new bookings, and open it again. A GET shows what would happen."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from evidence.forms import ButtonForm
from evidence.models import Call, Site
from interviews.blueprint import bp
from interviews.targets.closing import close, is_closed, outlook, reopen
from interviews.views.board import staff_call


@bp.route("/staff/calls/<slug>/close", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def close_call(slug: str) -> ResponseReturnValue:
    call = staff_call(slug)
    return _close("interviews/close_call.html", call, call)


@bp.route("/staff/calls/<slug>/reopen", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def reopen_call(slug: str) -> ResponseReturnValue:
    call = staff_call(slug)
    return _reopen("interviews/reopen_call.html", call, call)


@bp.route("/staff/calls/<slug>/sites/<key>/close", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def close_site(slug: str, key: str) -> ResponseReturnValue:
    call = staff_call(slug)
    return _close("interviews/close_site.html", call, _site(call, key))


@bp.route("/staff/calls/<slug>/sites/<key>/reopen", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def reopen_site(slug: str, key: str) -> ResponseReturnValue:
    call = staff_call(slug)
    return _reopen("interviews/reopen_site.html", call, _site(call, key))


def _site(call: Call, key: str) -> Site:
    return next((site for site in call.sites if site.key == key), None) or abort(404)


def _close(template: str, call: Call, closing: Call | Site) -> ResponseReturnValue:
    form = ButtonForm()
    if form.validate_on_submit():
        told = close(closing)
        db.session.commit()
        flash(f"Closed. {told.number} {'person is' if told.number == 1 else 'people are'} told by mail.", "success")
        if told.without_email:
            flash(f"Please ring or write to {', '.join(told.without_email)}: we have no email address of theirs.")
        return _board(call)
    if is_closed(closing):
        return _board(call)
    return render_template(template, form=form, call=call, closing=closing, outlook=outlook(closing))


def _reopen(template: str, call: Call, closed: Call | Site) -> ResponseReturnValue:
    form = ButtonForm()
    if form.validate_on_submit():
        reopen(closed)
        db.session.commit()
        flash("Opened again. Nobody is told of it.", "success")
        return _board(call)
    if not is_closed(closed):
        return _board(call)
    return render_template(template, form=form, call=call, closed=closed, outlook=outlook(closed))


def _board(call: Call) -> ResponseReturnValue:
    return redirect(url_for("interviews.call_board", slug=call.slug))
