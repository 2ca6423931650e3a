"""Interviewers set when and how they can be booked. Weekly hours: weekly_hours.py."""

from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.models import StaffMember
from accounts.roles import Permission
from core import clock
from core.database import db
from core.transactions import committing
from interviews.availability import busy_feeds, profiles, time_off
from interviews.availability.interviewers import list_possible_hosts
from interviews.availability.slot_generation import generate_slots, list_time_off
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
from interviews.views.lookups import list_interview_calls
from interviews.wordings.slot_descriptions import format_zone

TIME_OFF_MESSAGE = "Time off added. People can no longer book your weekly hours in that time."
CONNECTED_MESSAGE = "Calendar connected. We will read it within a minute, then about every 15 minutes."


@bp.get("/staff/availability")
@requires(Permission.OPEN_SLOTS)
def show_availability() -> ResponseReturnValue:
    interviewer = requested_interviewer_or_404()
    profile = profiles.get_profile(interviewer.id)
    hours = list_weekly_patterns(interviewer.id)
    may_choose = current_person_or_403().may(Permission.MANAGE_VOLUNTEERS)
    return render_template(
        "interviews/availability/show_availability.html",
        interviewer=interviewer,
        interviewer_args=get_interviewer_args(interviewer),
        people=[(str(member.id), member.name) for member in list_possible_hosts()] if may_choose else [],
        profile=profile,
        zone=format_zone(profile.zone),
        zone_title=format_zone_title(profile.zone),
        week=[(name, [row for row in hours if row.weekday == number]) for number, name in enumerate(WEEKDAYS)],
        has_hours=bool(hours),
        today=_get_today(interviewer),
        format_day=_format_day,
        time_off=list_time_off(interviewer.id, _get_today(interviewer)),
        calls=list_interview_calls(),
        feed=_describe_feed(busy_feeds.find_feed(interviewer.id), profile.zone),
    )


@bp.route("/staff/availability/way-of-working", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def edit_interviewer_profile() -> ResponseReturnValue:
    interviewer = requested_interviewer_or_404()
    form = WorkingPreferencesForm(profile=profiles.get_profile(interviewer.id))
    if form.validate_on_submit():
        profiles.save_preferences(interviewer, form.build_preferences())
        generate_slots(interviewer)
        db.session.commit()
        flash("Saved. We have updated the free times in your weekly hours.", "success")
        return redirect(url_for("interviews.show_availability", **get_interviewer_args(interviewer)))
    return render_template(
        "interviews/availability/edit_interviewer_profile.html",
        form=form,
        interviewer=interviewer,
        interviewer_args=get_interviewer_args(interviewer),
        zone_groups=list_zone_choices(),
    )


@bp.route("/staff/availability/time-off/add", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def add_time_off() -> ResponseReturnValue:
    interviewer, form = requested_interviewer_or_404(), TimeOffForm()
    if form.validate_on_submit():
        field = form.ends if form.starts.data or form.ends.data else form.last_on
        with committing(TIME_OFF_MESSAGE, at=field) as saved:
            booked = time_off.add_time_off(interviewer, form.build_time_off(), note=form.note.data)
        if saved:
            if booked:
                flash(_format_booked_warning(booked))
            return redirect(url_for("interviews.show_availability", **get_interviewer_args(interviewer)))
    zone = format_zone(profiles.get_profile(interviewer.id).zone)
    return render_template(
        "interviews/availability/add_time_off.html",
        form=form,
        interviewer=interviewer,
        interviewer_args=get_interviewer_args(interviewer),
        zone=zone,
    )


@bp.post("/staff/availability/time-off/<uuid:time_off_id>/remove")
@requires(Permission.OPEN_SLOTS)
def remove_time_off(time_off_id: UUID) -> ResponseReturnValue:
    row = db.get_or_404(TimeOff, time_off_id)
    interviewer = managed_interviewer_or_404(row.interviewer_id)
    time_off.remove_time_off(row)
    db.session.commit()
    flash("Time off removed. People can book your weekly hours in that time again.", "success")
    return redirect(url_for("interviews.show_availability", **get_interviewer_args(interviewer)))


@bp.route("/staff/availability/calendar", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def connect_busy_calendar() -> ResponseReturnValue:
    interviewer, form = requested_interviewer_or_404(), ConnectCalendarForm()
    if form.validate_on_submit():
        with committing(CONNECTED_MESSAGE, at=form.address) as saved:
            busy_feeds.connect_feed(interviewer, form.address.data)
        if saved:
            return redirect(url_for("interviews.show_availability", **get_interviewer_args(interviewer)))
    feed = _describe_feed(busy_feeds.find_feed(interviewer.id), profiles.get_profile(interviewer.id).zone)
    return render_template(
        "interviews/availability/connect_busy_calendar.html",
        form=form,
        interviewer=interviewer,
        interviewer_args=get_interviewer_args(interviewer),
        feed=feed,
    )


@bp.post("/staff/availability/calendar/read")
@requires(Permission.OPEN_SLOTS)
def refresh_busy_calendar() -> ResponseReturnValue:
    interviewer = requested_interviewer_or_404()
    feed = busy_feeds.find_feed(interviewer.id)
    if feed is not None:
        busy_feeds.request_read(feed)
        db.session.commit()
        flash("We will read the calendar within a minute.", "success")
    return redirect(url_for("interviews.show_availability", **get_interviewer_args(interviewer)))


@bp.post("/staff/availability/calendar/remove")
@requires(Permission.OPEN_SLOTS)
def remove_busy_calendar() -> ResponseReturnValue:
    interviewer = requested_interviewer_or_404()
    busy_feeds.disconnect_feed(interviewer)
    db.session.commit()
    flash("Calendar disconnected. We have deleted its address and the busy times from it.", "success")
    return redirect(url_for("interviews.show_availability", **get_interviewer_args(interviewer)))


def _get_today(interviewer: StaffMember) -> date:
    return clock.convert_to_zone(clock.now(), profiles.get_profile(interviewer.id).zone).date()


def _format_day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _format_booked_warning(count: int) -> str:
    subject = "1 interview is" if count == 1 else f"{count} interviews are"
    return f"{subject} booked in that time. Move or cancel any interview that cannot take place."


def _describe_feed(feed: BusyFeed | None, zone: str) -> dict[str, str] | None:
    if feed is None:
        return None
    read = clock.format_day_and_time(feed.fetched_at, zone) if feed.fetched_at else ""
    return {
        "server": busy_feeds.get_server_name(feed.address),
        "read": read,
        "failure": feed.failure,
        "note": feed.note,
    }
