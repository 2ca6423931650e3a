"""A page of upcoming and unsent emails."""

from flask import render_template
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from interviews.mass_mail import outgoing
from interviews.models import ReminderState
from interviews.reminders.reminder_times import format_minutes_before
from interviews.views.blueprint import bp

REASON_TEXTS = {
    ReminderState.MISSED: "The worker was not running in time.",
    ReminderState.UNREACHABLE: "There is no email address.",
}


@bp.get("/staff/mail/coming")
@requires(Permission.SEE_OUTBOX)
def list_outgoing_mail() -> ResponseReturnValue:
    return render_template(
        "interviews/mass_mail/list_outgoing_mail.html",
        outgoing=outgoing.list_outgoing_mail(),
        format_minutes_before=format_minutes_before,
        reminder_reasons=REASON_TEXTS,
    )
