"""Coordinators set when a call reminds people, and word its mails."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from core.form_fields import add_field_error
from interviews.forms.reminders import ReminderTimesForm
from interviews.reminders import reminder_schedules
from interviews.reminders.reminder_times import ReminderTimesError, format_minutes_before, parse_times
from interviews.views.blueprint import bp
from interviews.views.lookups import staff_call_or_404
from interviews.views.wordings import _kind_or_404
from interviews.wordings import wordings
from interviews.wordings.wording_kinds import WORDING_KINDS


@bp.route("/staff/calls/<slug>/notices", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def edit_notices(slug: str) -> ResponseReturnValue:
    """When people are reminded, and the mails that the call may word itself."""
    call = staff_call_or_404(slug)
    form = ReminderTimesForm(
        times="\n".join(format_minutes_before(number) for number in reminder_schedules.list_reminder_times(call))
    )
    if form.validate_on_submit():
        try:
            reminder_schedules.set_reminder_times(call, parse_times(form.times.data or ""))
            db.session.commit()
            flash("People are reminded at these times.", "success")
            return redirect(url_for("interviews.edit_notices", slug=slug))
        except ReminderTimesError as error:
            add_field_error(form.times, error)
    return render_template(
        "interviews/reminders/call_notices.html",
        call=call,
        form=form,
        is_usual=reminder_schedules.has_default_times(call),
        kinds=WORDING_KINDS.values(),
        own=wordings.list_changed_kinds(call),
    )


@bp.post("/staff/calls/<slug>/notices/usual")
@requires(Permission.MANAGE_CALLS)
def reset_reminders(slug: str) -> ResponseReturnValue:
    reminder_schedules.reset_reminder_times(staff_call_or_404(slug))
    db.session.commit()
    flash("People are reminded at the usual times again.", "success")
    return redirect(url_for("interviews.edit_notices", slug=slug))


@bp.post("/staff/calls/<slug>/notices/<kind_key>/ours")
@requires(Permission.MANAGE_CALLS)
def reset_wording(slug: str, kind_key: str) -> ResponseReturnValue:
    wordings.reset_wording(staff_call_or_404(slug), _kind_or_404(kind_key))
    db.session.commit()
    flash("The usual words are used again.", "success")
    return redirect(url_for("interviews.change_wording", slug=slug, kind_key=kind_key))
