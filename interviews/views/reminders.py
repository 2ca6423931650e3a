"""Coordinators set when a call reminds people, and see which of its emails they have reworded."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from core.transactions import committing
from interviews.forms.reminders import ReminderTimesForm
from interviews.reminders import reminder_schedules
from interviews.reminders.reminder_times import format_minutes_before, parse_times
from interviews.views.blueprint import bp
from interviews.views.lookups import staff_call_or_404
from interviews.wordings import wordings
from interviews.wordings.wording_kinds import WORDING_KINDS


@bp.route("/staff/calls/<slug>/notices", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def edit_notices(slug: str) -> ResponseReturnValue:
    call = staff_call_or_404(slug)
    form = ReminderTimesForm(
        times="\n".join(format_minutes_before(number) for number in reminder_schedules.list_reminder_times(call))
    )
    if form.validate_on_submit():
        with committing("Reminder times saved.", at=form.times) as saved:
            reminder_schedules.set_reminder_times(call, parse_times(form.times.data or ""))
        if saved:
            return redirect(url_for("interviews.edit_notices", slug=slug))
    return render_template(
        "interviews/reminders/edit_notices.html",
        call=call,
        form=form,
        has_default_times=reminder_schedules.has_default_times(call),
        kinds=WORDING_KINDS.values(),
        changed_kinds=wordings.list_changed_kinds(call),
    )


@bp.post("/staff/calls/<slug>/notices/usual")
@requires(Permission.MANAGE_CALLS)
def reset_reminders(slug: str) -> ResponseReturnValue:
    reminder_schedules.reset_reminder_times(staff_call_or_404(slug))
    db.session.commit()
    flash("We will use the default reminder times again.", "success")
    return redirect(url_for("interviews.edit_notices", slug=slug))
