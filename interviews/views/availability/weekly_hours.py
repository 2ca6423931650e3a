"""Interviewers add, preview, change and remove weekly hours."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field

from accounts.access import requires
from accounts.models import StaffMember
from accounts.roles import Permission
from core import clock
from core.database import db
from core.errors import RuleError
from core.transactions import committing
from evidence.models import Call
from interviews.availability import profiles, weekly_hours
from interviews.availability.slot_generation import GeneratedSlots
from interviews.availability.slots import LocationMissingError
from interviews.availability.weekly_hours import DaysOutOfOrderError, preview_slot_times
from interviews.forms.availability import AddWeeklyHoursForm, ChangeWeeklyHoursForm
from interviews.models import WeeklyPattern
from interviews.views.availability.lookups import (
    get_interviewer_args,
    managed_interviewer_or_404,
    requested_interviewer_or_404,
)
from interviews.views.blueprint import bp
from interviews.views.lookups import interview_call_or_404
from interviews.wordings.slot_descriptions import format_zone

PREVIEW_BUTTON = "preview"  # name of the button that saves nothing


@bp.route("/staff/availability/hours/add/<slug>", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def add_hours(slug: str) -> ResponseReturnValue:
    interviewer, call = requested_interviewer_or_404(), interview_call_or_404(slug)
    zone = profiles.get_profile(interviewer.id).zone
    form = AddWeeklyHoursForm(call=call, zone=zone)
    preview = None
    if form.validate_on_submit():
        if PREVIEW_BUTTON in request.form:
            preview = _preview_days(interviewer, form, call)
        else:
            with committing(at=_get_error_fields(form)) as saved:
                generated = weekly_hours.add_hours(interviewer, form.build_hours())
            if saved:
                return _redirect_after_saving(generated, interviewer)
    context = {"zone": format_zone(zone), "interviewer_args": get_interviewer_args(interviewer), "preview": preview}
    return render_template(
        "interviews/availability/add_hours.html", form=form, interviewer=interviewer, call=call, **context
    )


@bp.route("/staff/availability/hours/<uuid:pattern_id>", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def change_hours(pattern_id: UUID) -> ResponseReturnValue:
    pattern = _pattern_or_404(pattern_id)
    interviewer = managed_interviewer_or_404(pattern.interviewer_id)
    form = ChangeWeeklyHoursForm(pattern=pattern)
    preview = None
    if form.validate_on_submit():
        if PREVIEW_BUTTON in request.form:
            preview = _preview_days(interviewer, form, pattern.call)
        else:
            with committing(at=_get_error_fields(form)) as saved:
                generated = weekly_hours.change_hours(pattern, form.build_hours()[0])
            if saved:
                return _redirect_after_saving(generated, interviewer)
    zone = format_zone(profiles.get_profile(interviewer.id).zone)
    context = {"zone": zone, "interviewer_args": get_interviewer_args(interviewer), "preview": preview}
    return render_template(
        "interviews/availability/change_hours.html",
        form=form,
        interviewer=interviewer,
        call=pattern.call,
        pattern=pattern,
        **context,
    )


@bp.post("/staff/availability/hours/<uuid:pattern_id>/remove")
@requires(Permission.OPEN_SLOTS)
def remove_hours(pattern_id: UUID) -> ResponseReturnValue:
    pattern = _pattern_or_404(pattern_id)
    interviewer = managed_interviewer_or_404(pattern.interviewer_id)
    generated = weekly_hours.remove_hours(pattern)
    db.session.commit()
    flash(f"Hours removed. {_format_changes(generated)} Booked interviews stay as they are.", "success")
    return redirect(url_for("interviews.show_availability", **get_interviewer_args(interviewer)))


def _redirect_after_saving(generated: GeneratedSlots, interviewer: StaffMember) -> ResponseReturnValue:
    flash(f"Hours saved. {_format_changes(generated)}", "success")
    return redirect(url_for("interviews.show_availability", **get_interviewer_args(interviewer)))


def _format_changes(generated: GeneratedSlots) -> str:
    changes = [
        f"{count} {'time' if count == 1 else 'times'} {action}"
        for count, action in ((generated.added, "added"), (generated.withdrawn, "removed"))
        if count
    ]
    return f"{' and '.join(changes)}." if changes else "No times were added or removed."


def _preview_days(
    interviewer: StaffMember, form: AddWeeklyHoursForm | ChangeWeeklyHoursForm, call: Call
) -> list[tuple[str, list[str]]]:
    zone = profiles.get_profile(interviewer.id).zone
    days: dict[str, list[str]] = {}
    for interval in preview_slot_times(interviewer, form.build_hours(), call):
        starts, ends = (clock.convert_to_zone(moment, zone) for moment in (interval.starts_at, interval.ends_at))
        days.setdefault(clock.format_day(interval.starts_at, zone), []).append(f"{starts:%H:%M} to {ends:%H:%M}")
    return list(days.items())


def _get_error_fields(form: AddWeeklyHoursForm | ChangeWeeklyHoursForm) -> dict[type[RuleError], Field]:
    return {LocationMissingError: form.location, DaysOutOfOrderError: form.last_on, RuleError: form.ends}


def _pattern_or_404(pattern_id: UUID) -> WeeklyPattern:
    pattern = db.session.get(WeeklyPattern, pattern_id)
    if pattern is None or pattern.removed_at is not None:
        abort(404)
    return pattern
