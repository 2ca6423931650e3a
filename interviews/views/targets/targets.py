"""Coordinators set the targets of a call, and whether the sign-up form shows open ones."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from interviews.bookings.booking_policy import get_booking_policy
from interviews.forms.targets import ASK_EQUALITY, SHOW_OPEN_TARGETS, build_targets_form
from interviews.targets.targets import GroupInUseError, list_targets, set_targets
from interviews.views.blueprint import bp
from interviews.views.lookups import staff_call_or_404


@bp.route("/staff/calls/<slug>/targets", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def edit_targets(slug: str) -> ResponseReturnValue:
    call = staff_call_or_404(slug)
    policy = get_booking_policy(call)
    switches = [
        name
        for name, is_on in ((SHOW_OPEN_TARGETS, policy.shows_open_targets), (ASK_EQUALITY, policy.asks_equality))
        if is_on
    ]
    form = build_targets_form(call, list_targets(call), switches, request.form)
    if form.validate_on_submit():
        try:
            set_targets(call, form.build_plan(call))
        except GroupInUseError as error:
            form.add_row_error(error)
        else:
            db.session.commit()
            flash("Targets saved.", "success")
            return redirect(url_for("interviews.show_call_progress", slug=slug))
    return render_template("interviews/targets/edit_targets.html", form=form, call=call)
