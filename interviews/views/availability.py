"""Interviewers say when they can be booked, and how they work. Weekly hours: availability_hours.py."""

from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.models import StaffMember
from accounts.roles import Permission
from core import clock
from core.database import db
from core.errors import RuleError
from evidence.calls import published_calls
from evidence.models import Mode
from interviews.availability import busy_feeds, profiles, time_off
from interviews.availability.time_off import TimeOffError
from interviews.availability.unfolding import time_off_of, unfold
from interviews.availability.weekly_hours import WEEKDAYS, hours_of_interviewer
from interviews.blueprint import bp
from interviews.forms.availability import OwnCalendarForm, TimeOffForm, WayOfWorkingForm
from interviews.forms.fields import refuse
from interviews.groups.sessions import possible_holders
from interviews.models import BusyFeed, TimeOff
from interviews.offering.zones import zone_choices, zone_title
from interviews.views.whose import looked_after, named, whose
from interviews.wording import zone_words


@bp.get("/staff/availability")
@requires(Permission.OPEN_SLOTS)
def availability() -> ResponseReturnValue:
    who = whose()
    profile = profiles.profile_of(who.id)
    hours = hours_of_interviewer(who.id)
    may_choose = signed_in().may(Permission.MANAGE_VOLUNTEERS)
    return render_template(
        "interviews/availability.html",
        who=who,
        named=named(who),
        people=[(str(member.id), member.name) for member in possible_holders()] if may_choose else [],
        profile=profile,
        zone=zone_words(profile.zone),
        zone_title=zone_title(profile.zone),
        week=[(name, [row for row in hours if row.weekday == number]) for number, name in enumerate(WEEKDAYS)],
        has_hours=bool(hours),
        today=_today(who),
        day_of=_day_words,
        time_off=time_off_of(who.id, _today(who)),
        calls=[call for call in published_calls() if Mode.INTERVIEW in call.ways],
        feed=_shown(busy_feeds.feed_of(who.id), profile.zone),
    )


@bp.route("/staff/availability/way-of-working", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def way_of_working() -> ResponseReturnValue:
    who = whose()
    form = WayOfWorkingForm(profile=profiles.profile_of(who.id))
    if form.validate_on_submit():
        profiles.save(who, form.way())
        unfold(who)
        db.session.commit()
        flash("Saved. Free times of weekly hours have followed.", "success")
        return redirect(url_for("interviews.availability", **named(who)))
    return render_template(
        "interviews/way_of_working.html", form=form, who=who, named=named(who), zone_groups=zone_choices()
    )


@bp.route("/staff/availability/time-off/add", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def add_time_off() -> ResponseReturnValue:
    who, form = whose(), TimeOffForm()
    if form.validate_on_submit():
        try:
            booked = time_off.add(who, form.away(), note=form.note.data)
            db.session.commit()
            flash("The time off is noted. Free times of weekly hours are gone from it.", "success")
            if booked:
                flash(_booked_words(booked))
            return redirect(url_for("interviews.availability", **named(who)))
        except TimeOffError as error:
            refuse(form.ends if form.starts.data or form.ends.data else form.last_on, error)
    zone = zone_words(profiles.profile_of(who.id).zone)
    return render_template("interviews/add_time_off.html", form=form, who=who, named=named(who), zone=zone)


@bp.post("/staff/availability/time-off/<uuid:time_off_id>/remove")
@requires(Permission.OPEN_SLOTS)
def remove_time_off(time_off_id: UUID) -> ResponseReturnValue:
    row = db.get_or_404(TimeOff, time_off_id)
    who = looked_after(row.interviewer_id)
    time_off.remove(row)
    db.session.commit()
    flash("The time off is gone, and the weekly hours hold again.", "success")
    return redirect(url_for("interviews.availability", **named(who)))


@bp.route("/staff/availability/calendar", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def own_busy_calendar() -> ResponseReturnValue:
    who, form = whose(), OwnCalendarForm()
    if form.validate_on_submit():
        try:
            busy_feeds.connect(who, form.address.data)
            db.session.commit()
            flash(
                "The calendar is connected. It is read within a minute, and then about every quarter of an hour.",
                "success",
            )
            return redirect(url_for("interviews.availability", **named(who)))
        except RuleError as error:
            refuse(form.address, error)
    feed = _shown(busy_feeds.feed_of(who.id), profiles.profile_of(who.id).zone)
    return render_template("interviews/own_busy_calendar.html", form=form, who=who, named=named(who), feed=feed)


@bp.post("/staff/availability/calendar/read")
@requires(Permission.OPEN_SLOTS)
def read_busy_calendar() -> ResponseReturnValue:
    who = whose()
    feed = busy_feeds.feed_of(who.id)
    if feed is not None:
        busy_feeds.read_now(feed)
        db.session.commit()
        flash("The calendar is read within a minute.", "success")
    return redirect(url_for("interviews.availability", **named(who)))


@bp.post("/staff/availability/calendar/remove")
@requires(Permission.OPEN_SLOTS)
def remove_busy_calendar() -> ResponseReturnValue:
    who = whose()
    busy_feeds.disconnect(who)
    db.session.commit()
    flash("The calendar's address and everything read from it are forgotten.", "success")
    return redirect(url_for("interviews.availability", **named(who)))


def _today(who: StaffMember) -> date:
    return clock.in_zone(clock.now(), profiles.profile_of(who.id).zone).date()


def _day_words(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _booked_words(count: int) -> str:
    those = "1 interview is" if count == 1 else f"{count} interviews are"
    return f"{those} booked in that time. Nothing is cancelled by itself: move or cancel what cannot be held."


def _shown(feed: BusyFeed | None, zone: str) -> dict[str, str] | None:
    """What a page says of a feed: never its address."""
    if feed is None:
        return None
    read = clock.day_and_time(feed.fetched_at, zone) if feed.fetched_at else ""
    return {"server": busy_feeds.server_of(feed.address), "read": read, "failure": feed.failure, "note": feed.note}
