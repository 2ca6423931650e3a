"""Interviewers add, change and remove weekly hours, and see beforehand which times they give."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.models import StaffMember
from accounts.roles import Permission
from core import clock
from core.database import db
from core.errors import RuleError
from core.form_fields import add_field_error
from evidence.calls import CallNotFoundError, get_published_call
from evidence.models import Call, Mode
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
from interviews.wordings.slot_descriptions import format_zone

PREVIEW_BUTTON = "preview"  # the name of the button that only shows


@bp.route("/staff/availability/hours/add/<slug>", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def add_hours(slug: str) -> ResponseReturnValue:
    who, call = requested_interviewer_or_404(), _interview_call_or_404(slug)
    zone = profiles.get_profile(who.id).zone
    form = AddWeeklyHoursForm(call=call, zone=zone)
    shown = None
    if form.validate_on_submit():
        try:
            if PREVIEW_BUTTON not in request.form:
                return _redirect_after_saving(weekly_hours.add_hours(who, form.build_hours()), who)
            shown = _preview_days(who, form, call)
        except RuleError as error:
            db.session.rollback()
            _show_error(form, error)
    words = {"zone": format_zone(zone), "named": get_interviewer_args(who), "preview": shown}
    return render_template("interviews/availability/add_hours.html", form=form, who=who, call=call, **words)


@bp.route("/staff/availability/hours/<uuid:pattern_id>", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def change_hours(pattern_id: UUID) -> ResponseReturnValue:
    pattern = _pattern_or_404(pattern_id)
    who = managed_interviewer_or_404(pattern.interviewer_id)
    form = ChangeWeeklyHoursForm(pattern=pattern)
    shown = None
    if form.validate_on_submit():
        try:
            if PREVIEW_BUTTON not in request.form:
                return _redirect_after_saving(weekly_hours.change_hours(pattern, form.build_hours()[0]), who)
            shown = _preview_days(who, form, pattern.call)
        except RuleError as error:
            db.session.rollback()
            _show_error(form, error)
    zone = format_zone(profiles.get_profile(who.id).zone)
    words = {"zone": zone, "named": get_interviewer_args(who), "preview": shown}
    return render_template(
        "interviews/availability/change_hours.html", form=form, who=who, call=pattern.call, pattern=pattern, **words
    )


@bp.post("/staff/availability/hours/<uuid:pattern_id>/remove")
@requires(Permission.OPEN_SLOTS)
def remove_hours(pattern_id: UUID) -> ResponseReturnValue:
    pattern = _pattern_or_404(pattern_id)
    who = managed_interviewer_or_404(pattern.interviewer_id)
    done = weekly_hours.remove_hours(pattern)
    db.session.commit()
    flash(f"The hours are removed. {_format_changes(done)} What is booked stays.", "success")
    return redirect(url_for("interviews.show_availability", **get_interviewer_args(who)))


def _redirect_after_saving(done: GeneratedSlots, who: StaffMember) -> ResponseReturnValue:
    db.session.commit()
    flash(f"The hours are saved. {_format_changes(done)}", "success")
    return redirect(url_for("interviews.show_availability", **get_interviewer_args(who)))


def _format_changes(done: GeneratedSlots) -> str:
    changes = [
        f"{count} {'time is' if count == 1 else 'times are'} {deed}"
        for count, deed in ((done.added, "new"), (done.withdrawn, "offered no longer"))
        if count
    ]
    return f"{' and '.join(changes)}." if changes else "No time is new or gone."


def _preview_days(
    who: StaffMember, form: AddWeeklyHoursForm | ChangeWeeklyHoursForm, call: Call
) -> list[tuple[str, list[str]]]:
    """The times that the form would give, by day, on the interviewer's clocks."""
    zone = profiles.get_profile(who.id).zone
    days: dict[str, list[str]] = {}
    for interval in preview_slot_times(who, form.build_hours(), call):
        starts, ends = (clock.convert_to_zone(moment, zone) for moment in (interval.starts_at, interval.ends_at))
        days.setdefault(clock.format_day(interval.starts_at, zone), []).append(f"{starts:%H:%M} to {ends:%H:%M}")
    return list(days.items())


def _show_error(form: AddWeeklyHoursForm | ChangeWeeklyHoursForm, error: RuleError) -> None:
    fields = {LocationMissingError: form.place, DaysOutOfOrderError: form.last_on}
    add_field_error(fields.get(type(error), form.ends), error)


def _interview_call_or_404(slug: str) -> Call:
    try:
        call = get_published_call(slug)
    except CallNotFoundError:
        abort(404)
    if Mode.INTERVIEW not in call.participation_modes:
        abort(404)
    return call


def _pattern_or_404(pattern_id: UUID) -> WeeklyPattern:
    pattern = db.session.get(WeeklyPattern, pattern_id)
    if pattern is None or pattern.removed_at is not None:
        abort(404)
    return pattern
