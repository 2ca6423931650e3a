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
from evidence.calls import CallNotFoundError, published_call
from evidence.models import Call, Mode
from interviews.availability import profiles, weekly_hours
from interviews.availability.unfolding import Unfolded
from interviews.availability.weekly_hours import DaysOutOfOrderError, preview
from interviews.blueprint import bp
from interviews.forms.availability import AddHoursForm, ChangeHoursForm
from interviews.forms.fields import refuse
from interviews.models import WeeklyPattern
from interviews.slots import PlaceNeededError
from interviews.views.whose import looked_after, named, whose
from interviews.wording import zone_words

PREVIEW = "preview"  # the name of the button that only shows


@bp.route("/staff/availability/hours/add/<slug>", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def add_hours(slug: str) -> ResponseReturnValue:
    who, call = whose(), _call(slug)
    zone = profiles.profile_of(who.id).zone
    form = AddHoursForm(call=call, zone=zone)
    shown = None
    if form.validate_on_submit():
        try:
            if PREVIEW not in request.form:
                return _saved(weekly_hours.add(who, form.hours()), who)
            shown = _days(who, form, call)
        except RuleError as error:
            db.session.rollback()
            _refuse(form, error)
    words = {"zone": zone_words(zone), "named": named(who), "preview": shown}
    return render_template("interviews/add_hours.html", form=form, who=who, call=call, **words)


@bp.route("/staff/availability/hours/<uuid:pattern_id>", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def change_hours(pattern_id: UUID) -> ResponseReturnValue:
    pattern = _pattern(pattern_id)
    who = looked_after(pattern.interviewer_id)
    form = ChangeHoursForm(pattern=pattern)
    shown = None
    if form.validate_on_submit():
        try:
            if PREVIEW not in request.form:
                return _saved(weekly_hours.change(pattern, form.hours()[0]), who)
            shown = _days(who, form, pattern.call)
        except RuleError as error:
            db.session.rollback()
            _refuse(form, error)
    zone = zone_words(profiles.profile_of(who.id).zone)
    words = {"zone": zone, "named": named(who), "preview": shown}
    return render_template(
        "interviews/change_hours.html", form=form, who=who, call=pattern.call, pattern=pattern, **words
    )


@bp.post("/staff/availability/hours/<uuid:pattern_id>/remove")
@requires(Permission.OPEN_SLOTS)
def remove_hours(pattern_id: UUID) -> ResponseReturnValue:
    pattern = _pattern(pattern_id)
    who = looked_after(pattern.interviewer_id)
    done = weekly_hours.remove(pattern)
    db.session.commit()
    flash(f"The hours are removed. {_words(done)} What is booked stays.", "success")
    return redirect(url_for("interviews.availability", **named(who)))


def _saved(done: Unfolded, who: StaffMember) -> ResponseReturnValue:
    db.session.commit()
    flash(f"The hours are saved. {_words(done)}", "success")
    return redirect(url_for("interviews.availability", **named(who)))


def _words(done: Unfolded) -> str:
    changes = [
        f"{count} {'time is' if count == 1 else 'times are'} {deed}"
        for count, deed in ((done.added, "new"), (done.withdrawn, "offered no longer"))
        if count
    ]
    return f"{' and '.join(changes)}." if changes else "No time is new or gone."


def _days(who: StaffMember, form: AddHoursForm | ChangeHoursForm, call: Call) -> list[tuple[str, list[str]]]:
    """The times that the form would give, by day, on the interviewer's clocks."""
    zone = profiles.profile_of(who.id).zone
    days: dict[str, list[str]] = {}
    for interval in preview(who, form.hours(), call):
        starts, ends = (clock.in_zone(moment, zone) for moment in (interval.starts_at, interval.ends_at))
        days.setdefault(clock.day(interval.starts_at, zone), []).append(f"{starts:%H:%M} to {ends:%H:%M}")
    return list(days.items())


def _refuse(form: AddHoursForm | ChangeHoursForm, error: RuleError) -> None:
    fields = {PlaceNeededError: form.place, DaysOutOfOrderError: form.last_on}
    refuse(fields.get(type(error), form.ends), error)


def _call(slug: str) -> Call:
    try:
        call = published_call(slug)
    except CallNotFoundError:
        abort(404)
    if Mode.INTERVIEW not in call.ways:
        abort(404)
    return call


def _pattern(pattern_id: UUID) -> WeeklyPattern:
    pattern = db.session.get(WeeklyPattern, pattern_id)
    if pattern is None or pattern.removed_at is not None:
        abort(404)
    return pattern
