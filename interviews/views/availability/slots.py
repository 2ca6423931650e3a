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
from core.transactions import committing
from evidence.calls import get_published_call
from evidence.models import Call
from interviews.availability import profiles, slots
from interviews.availability.limits import build_limits, filter_bookable
from interviews.availability.local_times import SeriesError, list_start_times
from interviews.availability.slots import LocationMissingError
from interviews.forms.slots import PublishSlotsForm
from interviews.matching.times_by_day import group_slots_by_day
from interviews.models import Slot
from interviews.views.availability.lookups import (
    get_interviewer_args,
    managed_interviewer_or_404,
    requested_interviewer_or_404,
)
from interviews.views.blueprint import bp
from interviews.views.lookups import list_interview_calls
from interviews.wordings.slot_descriptions import format_zone

WEEKS_SHOWN = 4
MAX_WEEKS = 60


@bp.get("/staff/slots")
@requires(Permission.OPEN_SLOTS)
def list_slots() -> ResponseReturnValue:
    interviewer = requested_interviewer_or_404()
    weeks = min(max(request.args.get("weeks", WEEKS_SHOWN, type=int), 1), MAX_WEEKS)
    until = clock.now() + timedelta(weeks=weeks)
    slots_with_bookings = slots.list_slots_with_bookings(interviewer.id, until)
    shown = {slot.id for slot in filter_bookable([slot for slot, booking in slots_with_bookings if booking is None])}
    return render_template(
        "interviews/availability/list_slots.html",
        interviewer=interviewer,
        interviewer_args=get_interviewer_args(interviewer),
        days=group_slots_by_day(slot for slot, _ in slots_with_bookings),
        booked={slot.id: booking for slot, booking in slots_with_bookings if booking is not None},
        shown=shown,
        has_hidden=any(booking is None and slot.id not in shown for slot, booking in slots_with_bookings),
        later=slots.count_slots_after(interviewer.id, until),
        weeks=weeks,
        more_weeks=weeks + 2 * WEEKS_SHOWN,
    )


@bp.route("/staff/slots/publish", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def publish_slots() -> ResponseReturnValue:
    interviewer = requested_interviewer_or_404()
    calls = list_interview_calls()
    form = PublishSlotsForm(calls=calls)
    if form.validate_on_submit():
        fields = {LocationMissingError: form.location, SeriesError: form.last_on, RuleError: form.times}
        with committing(at=fields) as saved:
            published = _publish_slots(form, get_published_call(form.call.data), interviewer)
        if saved:
            _flash_published(published, interviewer)
            return redirect(url_for("interviews.list_slots", **get_interviewer_args(interviewer)))
    return render_template(
        "interviews/availability/publish_slots.html",
        form=form,
        interviewer=interviewer,
        interviewer_args=get_interviewer_args(interviewer),
        calls=calls,
        zones={call.slug: format_zone(call.zone) for call in calls},
    )


@bp.post("/staff/slots/<uuid:slot_id>/withdraw")
@requires(Permission.OPEN_SLOTS)
def withdraw_slot(slot_id: UUID) -> ResponseReturnValue:
    slot = db.get_or_404(Slot, slot_id)
    interviewer = managed_interviewer_or_404(slot.interviewer_id)
    with committing("Time withdrawn."):
        slots.withdraw(slot)
    return redirect(url_for("interviews.list_slots", **get_interviewer_args(interviewer)))


def _publish_slots(form: PublishSlotsForm, call: Call, interviewer: StaffMember) -> list[Slot]:
    starts = list_start_times(form.build_series(call.zone))
    return slots.publish(call, interviewer, starts, **asdict(form.build_meeting()))


def _flash_published(published: list[Slot], interviewer: StaffMember) -> None:
    count = len(published)
    flash(f"{count} {'time' if count == 1 else 'times'} published.", "success")
    hidden = _count_outside_limits([slot.starts_at for slot in published], interviewer)
    if hidden:
        flash(
            f"People cannot book {hidden} of them yet, because of the limits on notice and days ahead."
            " You can change these under “When you can be booked”."
        )


def _count_outside_limits(starts: list[datetime], interviewer: StaffMember) -> int:
    limits, now = build_limits(profiles.get_profile(interviewer.id)), clock.now()
    return sum(not now + limits.notice <= at <= now + limits.horizon for at in starts)
