"""What goes out soon and what did not: a page for coordinators."""

from flask import render_template
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from interviews.blueprint import bp
from interviews.models import ReminderState
from interviews.notices import going_out
from interviews.notices.reminder_times import in_words

REASONS = {
    ReminderState.MISSED: "The worker was not running in time.",
    ReminderState.UNREACHABLE: "There is no address to send it to.",
}


@bp.get("/staff/mail/coming")
@requires(Permission.SEE_OUTBOX)
def coming_mail() -> ResponseReturnValue:
    return render_template(
        "interviews/coming_mail.html", found=going_out.going_out(), in_words=in_words, reminder_reasons=REASONS
    )
