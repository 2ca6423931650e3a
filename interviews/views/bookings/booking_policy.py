"""Coordinators set what people can do with their bookings themselves."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from interviews.bookings import booking_policy
from interviews.forms.booking_policy import BookingPolicyForm
from interviews.views.blueprint import bp
from interviews.views.lookups import staff_call_or_404


@bp.route("/staff/calls/<slug>/booking-rules", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def edit_booking_policy(slug: str) -> ResponseReturnValue:
    call = staff_call_or_404(slug)
    policy = booking_policy.get_booking_policy(call)
    form = BookingPolicyForm(obj=policy)
    if form.validate_on_submit():
        booking_policy.set_booking_policy(call, form.build_choices())
        db.session.commit()
        flash("Booking rules saved. They apply from now on.", "success")
        return redirect(url_for("interviews.edit_booking_policy", slug=slug))
    return render_template("interviews/bookings/edit_booking_policy.html", form=form, call=call)
