"""Coordinators see for whom no free time suits, so that they look for one and write to them."""

from flask import render_template
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from evidence.calls import published_calls
from evidence.models import Mode
from interviews.blueprint import bp
from interviews.offering import offers
from interviews.offering.fitting import staff_words


@bp.get("/staff/volunteers/unmet-needs")
@requires(Permission.MANAGE_VOLUNTEERS)
def unmet_needs() -> ResponseReturnValue:
    calls = [call for call in published_calls() if Mode.INTERVIEW in call.ways]
    found = [
        (volunteer, staff_words(needs).capitalize()) for call in calls for volunteer, needs in offers.unmet_needs(call)
    ]
    return render_template("interviews/unmet_needs.html", found=found)
