"""“Today”, the first page of staff. Counts: review/dashboard/counts.py; lists: review/dashboard/next_steps.py."""

from flask import render_template
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission, Role
from core.public_mail import count_refused_mails
from core.settings import current_settings
from core.storage_report import load_report
from review.dashboard import next_steps
from review.dashboard.counts import get_dashboard_counts
from review.views.blueprint import bp


@bp.get("/staff")
@requires(Permission.SEE_STAFF_PAGES)
def show_dashboard() -> ResponseReturnValue:
    person = current_person_or_403()
    may_see_interviews = person.may(Permission.SEE_OWN_INTERVIEWS)
    upcoming = next_steps.list_upcoming_interviews(person.id) if may_see_interviews else []
    without_recording = next_steps.list_interviews_without_recording(person.id) if may_see_interviews else []
    without_outcome = next_steps.list_interviews_without_outcome(person.id) if may_see_interviews else []
    is_coordinator = person.may(Permission.MANAGE_VOLUNTEERS)
    return render_template(
        "review/dashboard/show_dashboard.html",
        numbers=get_dashboard_counts() if is_coordinator else None,
        refused_mails=count_refused_mails() if is_coordinator else 0,
        storage_report=load_report(current_settings().data_folder) if is_coordinator else None,
        upcoming=upcoming,
        without_recording=without_recording,
        without_outcome=without_outcome,
        shows_interviews=Role.INTERVIEWER in person.roles or bool(upcoming or without_recording or without_outcome),
        to_decide=next_steps.list_interviews_to_decide() if person.may(Permission.READ_EVIDENCE) else None,
    )
