"""Coordinators say whom a call seeks, and whether the sign-up form says so."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from interviews.blueprint import bp
from interviews.forms.targets import EQUALITY, SOUGHT, targets_form
from interviews.rules import rules_of
from interviews.targets.targets import GroupInUseError, set_targets, targets_of
from interviews.views.board import staff_call


@bp.route("/staff/calls/<slug>/targets", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def targets(slug: str) -> ResponseReturnValue:
    call = staff_call(slug)
    rules = rules_of(call)
    switches = [name for name, is_on in ((SOUGHT, rules.shows_sought), (EQUALITY, rules.asks_equality)) if is_on]
    form = targets_form(call, targets_of(call), switches, request.form)
    if form.validate_on_submit():
        try:
            set_targets(call, form.plan(call))
            db.session.commit()
            flash("The targets are saved.", "success")
            return redirect(url_for("interviews.call_board", slug=slug))
        except GroupInUseError as error:
            form.refuse_row(error)
    return render_template("interviews/targets.html", form=form, call=call)
