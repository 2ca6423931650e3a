"""The first page of staff: what waits for whom. Numbers: dashboard.py of the package; lists: next_steps.py."""

from flask import render_template
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission, Role
from review import next_steps
from review.blueprint import bp
from review.dashboard import numbers_now


@bp.get("/staff")
@requires(Permission.SEE_STAFF_PAGES)
def dashboard() -> ResponseReturnValue:
    person = signed_in()
    interviews = person.may(Permission.SEE_OWN_INTERVIEWS)
    coming = next_steps.coming_interviews(person.id) if interviews else []
    to_upload = next_steps.recordings_to_upload(person.id) if interviews else []
    to_settle = next_steps.interviews_to_settle(person.id) if interviews else []
    return render_template(
        "review/dashboard.html",
        numbers=numbers_now() if person.may(Permission.MANAGE_VOLUNTEERS) else None,
        coming=coming,
        to_upload=to_upload,
        to_settle=to_settle,
        shows_interviews=Role.INTERVIEWER in person.roles or bool(coming or to_upload or to_settle),
        to_decide=next_steps.interviews_to_decide() if person.may(Permission.READ_EVIDENCE) else None,
    )
