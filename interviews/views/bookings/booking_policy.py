"""Coordinators set what people can do with their bookings themselves."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from evidence.calls import find_call
from interviews.bookings import booking_policy
from interviews.forms.booking_policy import BookingPolicyForm
from interviews.views.blueprint import bp


@bp.route("/staff/calls/<slug>/booking-rules", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def edit_booking_policy(slug: str) -> ResponseReturnValue:
    call = find_call(slug) or abort(404)
    policy = booking_policy.get_booking_policy(call)
    form = BookingPolicyForm(obj=policy)
    if form.validate_on_submit():
        booking_policy.set_booking_policy(call, form.build_choices())
        db.session.commit()
        flash("Booking rules saved. They apply from now on.", "success")
        return redirect(url_for("interviews.edit_booking_policy", slug=slug))
    return render_template("interviews/bookings/edit_booking_policy.html", form=form, call=call)
