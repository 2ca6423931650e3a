"""Interviewers say when they can be booked, and how they work. Weekly hours: availability_hours.py."""

from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.models import StaffMember
from accounts.roles import Permission
from core import clock
from core.database import db
from core.errors import RuleError
from core.form_fields import add_field_error
from evidence.calls import list_published_calls
from evidence.models import Mode
from interviews.availability import busy_feeds, profiles, time_off
from interviews.availability.interviewers import list_possible_hosts
from interviews.availability.slot_generation import generate_slots, list_time_off
from interviews.availability.time_off import TimeOffError
from interviews.availability.time_zones import format_zone_title, list_zone_choices
from interviews.availability.weekly_hours import WEEKDAYS, list_weekly_patterns
from interviews.forms.availability import ConnectCalendarForm, TimeOffForm, WorkingPreferencesForm
from interviews.models import BusyFeed, TimeOff
from interviews.views.availability.lookups import (
    get_interviewer_args,
    managed_interviewer_or_404,
    requested_interviewer_or_404,
)
from interviews.views.blueprint import bp
from interviews.wordings.slot_descriptions import format_zone


@bp.get("/staff/availability")
@requires(Permission.OPEN_SLOTS)
def show_availability() -> ResponseReturnValue:
    who = requested_interviewer_or_404()
    profile = profiles.get_profile(who.id)
    hours = list_weekly_patterns(who.id)
    may_choose = current_person_or_403().may(Permission.MANAGE_VOLUNTEERS)
    return render_template(
        "interviews/availability/availability.html",
        who=who,
        named=get_interviewer_args(who),
        people=[(str(member.id), member.name) for member in list_possible_hosts()] if may_choose else [],
        profile=profile,
        zone=format_zone(profile.zone),
        zone_title=format_zone_title(profile.zone),
        week=[(name, [row for row in hours if row.weekday == number]) for number, name in enumerate(WEEKDAYS)],
        has_hours=bool(hours),
        today=_get_today(who),
        day_of=_format_day,
        time_off=list_time_off(who.id, _get_today(who)),
        calls=[call for call in list_published_calls() if Mode.INTERVIEW in call.participation_modes],
        feed=_describe_feed(busy_feeds.find_feed(who.id), profile.zone),
    )


@bp.route("/staff/availability/way-of-working", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def edit_interviewer_profile() -> ResponseReturnValue:
    who = requested_interviewer_or_404()
    form = WorkingPreferencesForm(profile=profiles.get_profile(who.id))
    if form.validate_on_submit():
        profiles.save_preferences(who, form.build_preferences())
        generate_slots(who)
        db.session.commit()
        flash("Saved. Free times of weekly hours have followed.", "success")
        return redirect(url_for("interviews.show_availability", **get_interviewer_args(who)))
    return render_template(
        "interviews/availability/way_of_working.html",
        form=form,
        who=who,
        named=get_interviewer_args(who),
        zone_groups=list_zone_choices(),
    )


@bp.route("/staff/availability/time-off/add", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def add_time_off() -> ResponseReturnValue:
    who, form = requested_interviewer_or_404(), TimeOffForm()
    if form.validate_on_submit():
        try:
            booked = time_off.add_time_off(who, form.build_time_off(), note=form.note.data)
            db.session.commit()
            flash("The time off is noted. Free times of weekly hours are gone from it.", "success")
            if booked:
                flash(_format_booked_warning(booked))
            return redirect(url_for("interviews.show_availability", **get_interviewer_args(who)))
        except TimeOffError as error:
            add_field_error(form.ends if form.starts.data or form.ends.data else form.last_on, error)
    zone = format_zone(profiles.get_profile(who.id).zone)
    return render_template(
        "interviews/availability/add_time_off.html", form=form, who=who, named=get_interviewer_args(who), zone=zone
    )


@bp.post("/staff/availability/time-off/<uuid:time_off_id>/remove")
@requires(Permission.OPEN_SLOTS)
def remove_time_off(time_off_id: UUID) -> ResponseReturnValue:
    row = db.get_or_404(TimeOff, time_off_id)
    who = managed_interviewer_or_404(row.interviewer_id)
    time_off.remove_time_off(row)
    db.session.commit()
    flash("The time off is gone, and the weekly hours hold again.", "success")
    return redirect(url_for("interviews.show_availability", **get_interviewer_args(who)))


@bp.route("/staff/availability/calendar", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def connect_busy_calendar() -> ResponseReturnValue:
    who, form = requested_interviewer_or_404(), ConnectCalendarForm()
    if form.validate_on_submit():
        try:
            busy_feeds.connect_feed(who, form.address.data)
            db.session.commit()
            flash(
                "The calendar is connected. It is read within a minute, and then about every quarter of an hour.",
                "success",
            )
            return redirect(url_for("interviews.show_availability", **get_interviewer_args(who)))
        except RuleError as error:
            add_field_error(form.address, error)
    feed = _describe_feed(busy_feeds.find_feed(who.id), profiles.get_profile(who.id).zone)
    return render_template(
        "interviews/availability/own_busy_calendar.html", form=form, who=who, named=get_interviewer_args(who), feed=feed
    )


@bp.post("/staff/availability/calendar/read")
@requires(Permission.OPEN_SLOTS)
def refresh_busy_calendar() -> ResponseReturnValue:
    who = requested_interviewer_or_404()
    feed = busy_feeds.find_feed(who.id)
    if feed is not None:
        busy_feeds.request_read(feed)
        db.session.commit()
        flash("The calendar is read within a minute.", "success")
    return redirect(url_for("interviews.show_availability", **get_interviewer_args(who)))


@bp.post("/staff/availability/calendar/remove")
@requires(Permission.OPEN_SLOTS)
def remove_busy_calendar() -> ResponseReturnValue:
    who = requested_interviewer_or_404()
    busy_feeds.disconnect_feed(who)
    db.session.commit()
    flash("The calendar's address and everything read from it are forgotten.", "success")
    return redirect(url_for("interviews.show_availability", **get_interviewer_args(who)))


def _get_today(who: StaffMember) -> date:
    return clock.convert_to_zone(clock.now(), profiles.get_profile(who.id).zone).date()


def _format_day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _format_booked_warning(count: int) -> str:
    those = "1 interview is" if count == 1 else f"{count} interviews are"
    return f"{those} booked in that time. Nothing is cancelled by itself: move or cancel what cannot be held."


def _describe_feed(feed: BusyFeed | None, zone: str) -> dict[str, str] | None:
    """What a page says of a feed: never its address."""
    if feed is None:
        return None
    read = clock.format_day_and_time(feed.fetched_at, zone) if feed.fetched_at else ""
    return {
        "server": busy_feeds.get_server_name(feed.address),
        "read": read,
        "failure": feed.failure,
        "note": feed.note,
    }
