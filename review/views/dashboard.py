"""The first page of staff: what waits for whom. Numbers: dashboard.py of the package; lists: next_steps.py."""

from flask import render_template
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission, Role
from review.dashboard import next_steps
from review.dashboard.counts import get_dashboard_counts
from review.views.blueprint import bp


@bp.get("/staff")
@requires(Permission.SEE_STAFF_PAGES)
def show_dashboard() -> ResponseReturnValue:
    person = current_person_or_403()
    interviews = person.may(Permission.SEE_OWN_INTERVIEWS)
    coming = next_steps.list_upcoming_interviews(person.id) if interviews else []
    to_upload = next_steps.list_interviews_without_recording(person.id) if interviews else []
    to_settle = next_steps.list_interviews_without_outcome(person.id) if interviews else []
    return render_template(
        "review/dashboard/show_dashboard.html",
        numbers=get_dashboard_counts() if person.may(Permission.MANAGE_VOLUNTEERS) else None,
        coming=coming,
        to_upload=to_upload,
        to_settle=to_settle,
        shows_interviews=Role.INTERVIEWER in person.roles or bool(coming or to_upload or to_settle),
        to_decide=next_steps.list_interviews_to_decide() if person.may(Permission.READ_EVIDENCE) else None,
    )
