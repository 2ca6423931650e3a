"""What goes out soon and what did not: a page for coordinators."""

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
    ReminderState.UNREACHABLE: "There is no address to send it to.",
}


@bp.get("/staff/mail/coming")
@requires(Permission.SEE_OUTBOX)
def list_outgoing_mail() -> ResponseReturnValue:
    return render_template(
        "interviews/mass_mail/coming_mail.html",
        found=outgoing.list_outgoing_mail(),
        in_words=format_minutes_before,
        reminder_reasons=REASON_TEXTS,
    )
