"""Coordinators see who has no suitable free time, to find one and write to them."""

from flask import render_template
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from interviews.matching import suitable_times
from interviews.matching.needs_match import format_needs_for_staff
from interviews.views.blueprint import bp
from interviews.views.lookups import list_interview_calls


@bp.get("/staff/volunteers/unmet-needs")
@requires(Permission.MANAGE_VOLUNTEERS)
def list_unmet_needs() -> ResponseReturnValue:
    calls = list_interview_calls()
    unmatched = [
        (volunteer, format_needs_for_staff(needs).capitalize())
        for call in calls
        for volunteer, needs in suitable_times.list_unmatched_volunteers(call)
    ]
    return render_template("interviews/matching/list_unmet_needs.html", unmatched=unmatched)
