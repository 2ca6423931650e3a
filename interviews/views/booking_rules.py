"""Coordinators set what people may do alone with the bookings of a call."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from evidence.calls import find_call
from interviews import rules
from interviews.blueprint import bp
from interviews.forms.rules import BookingRulesForm


@bp.route("/staff/calls/<slug>/booking-rules", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def booking_rules(slug: str) -> ResponseReturnValue:
    call = find_call(slug) or abort(404)
    form = BookingRulesForm(obj=rules.rules_of(call))
    if form.validate_on_submit():
        rules.set_rules(call, form.choices())
        db.session.commit()
        flash("The booking rules are saved. They hold from now on.", "success")
        return redirect(url_for("interviews.booking_rules", slug=slug))
    return render_template("interviews/booking_rules.html", form=form, call=call)
