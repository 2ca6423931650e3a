"""Interviewers publish times and withdraw free ones."""

from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.models import StaffMember
from accounts.roles import Permission
from core import clock
from core.database import db
from core.errors import RuleError
from core.form_fields import add_field_error
from evidence.calls import get_published_call, list_published_calls
from evidence.models import Call, Mode
from interviews.availability import profiles
from interviews.availability import slots as offered
from interviews.availability.limits import build_limits, filter_bookable
from interviews.availability.local_times import SeriesError, list_start_times
from interviews.availability.slots import LocationMissingError, SlotBookedError
from interviews.forms.slots import PublishSlotsForm
from interviews.matching.times_by_day import group_slots_by_day
from interviews.models import Slot
from interviews.views.availability.lookups import (
    get_interviewer_args,
    managed_interviewer_or_404,
    requested_interviewer_or_404,
)
from interviews.views.blueprint import bp
from interviews.wordings.slot_descriptions import format_zone

WEEKS_SHOWN = 4
MAX_WEEKS = 60


@bp.get("/staff/slots")
@requires(Permission.OPEN_SLOTS)
def list_slots() -> ResponseReturnValue:
    who = requested_interviewer_or_404()
    weeks = min(max(request.args.get("weeks", WEEKS_SHOWN, type=int), 1), MAX_WEEKS)
    until = clock.now() + timedelta(weeks=weeks)
    found = offered.list_slots_with_bookings(who.id, until)
    shown = {slot.id for slot in filter_bookable([slot for slot, booking in found if booking is None])}
    return render_template(
        "interviews/availability/slots.html",
        who=who,
        named=get_interviewer_args(who),
        days=group_slots_by_day(slot for slot, _ in found),
        booked={slot.id: booking for slot, booking in found if booking is not None},
        shown=shown,
        has_hidden=any(booking is None and slot.id not in shown for slot, booking in found),
        later=offered.count_slots_after(who.id, until),
        weeks=weeks,
        more_weeks=weeks + 2 * WEEKS_SHOWN,
    )


@bp.route("/staff/slots/publish", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def publish_slots() -> ResponseReturnValue:
    who = requested_interviewer_or_404()
    calls = [call for call in list_published_calls() if Mode.INTERVIEW in call.participation_modes]
    form = PublishSlotsForm(calls=calls)
    if form.validate_on_submit():
        try:
            published = _publish_slots(form, get_published_call(form.call.data), who)
            db.session.commit()
            _flash_published(published, who)
            return redirect(url_for("interviews.list_slots", **get_interviewer_args(who)))
        except LocationMissingError as error:
            add_field_error(form.place, error)
        except SeriesError as error:
            add_field_error(form.last_on, error)
        except RuleError as error:
            add_field_error(form.times, error)
    return render_template(
        "interviews/availability/publish_slots.html",
        form=form,
        who=who,
        named=get_interviewer_args(who),
        calls=calls,
        zones={call.slug: format_zone(call.zone) for call in calls},
    )


@bp.post("/staff/slots/<uuid:slot_id>/withdraw")
@requires(Permission.OPEN_SLOTS)
def withdraw_slot(slot_id: UUID) -> ResponseReturnValue:
    slot = db.get_or_404(Slot, slot_id)
    who = managed_interviewer_or_404(slot.interviewer_id)
    try:
        offered.withdraw(slot)
        db.session.commit()
        flash("The time is withdrawn.", "success")
    except SlotBookedError as error:
        flash(str(error))
    return redirect(url_for("interviews.list_slots", **get_interviewer_args(who)))


def _publish_slots(form: PublishSlotsForm, call: Call, interviewer: StaffMember) -> list[Slot]:
    starts = list_start_times(form.build_series(call.zone))
    return offered.publish(call, interviewer, starts, **asdict(form.build_meeting()))


def _flash_published(published: list[Slot], who: StaffMember) -> None:
    count = len(published)
    flash(f"{count} {'time is' if count == 1 else 'times are'} open for booking.", "success")
    hidden = _count_outside_limits([slot.starts_at for slot in published], who)
    if hidden:
        those = "1 of them" if hidden == 1 else f"{hidden} of them"
        flash(
            f"People do not see {those} now: too soon, or too far ahead, for how you can be booked."
            " You can change that under “When you can be booked”."
        )


def _count_outside_limits(starts: list[datetime], who: StaffMember) -> int:
    limits, now = build_limits(profiles.get_profile(who.id)), clock.now()
    return sum(not now + limits.notice <= at <= now + limits.horizon for at in starts)
