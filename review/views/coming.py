"""Everybody's coming interviews, for those who watch over all of them. One's own list stands in interviews."""

from flask import render_template
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from review import next_steps
from review.blueprint import bp


@bp.get("/staff/coming-interviews")
@requires(Permission.MANAGE_VOLUNTEERS)
def coming_interviews() -> ResponseReturnValue:
    return render_template("review/coming_interviews.html", bookings=next_steps.all_coming_interviews())
