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
from evidence.calls import published_call, published_calls
from evidence.models import Call, Mode
from interviews import slots as offered
from interviews.availability import profiles
from interviews.availability.limits import bookable, limits_of
from interviews.availability.moments import SeriesError, moments
from interviews.blueprint import bp
from interviews.forms.fields import refuse
from interviews.forms.slots import PublishSlotsForm
from interviews.models import Slot
from interviews.offering.days import days_of
from interviews.slots import PlaceNeededError, SlotBookedError
from interviews.views.whose import looked_after, named, whose
from interviews.wording import zone_words

WEEKS_SHOWN = 4
MOST_WEEKS = 60


@bp.get("/staff/slots")
@requires(Permission.OPEN_SLOTS)
def slots() -> ResponseReturnValue:
    who = whose()
    weeks = min(max(request.args.get("weeks", WEEKS_SHOWN, type=int), 1), MOST_WEEKS)
    until = clock.now() + timedelta(weeks=weeks)
    found = offered.slots_of(who.id, until)
    shown = {slot.id for slot in bookable([slot for slot, booking in found if booking is None])}
    return render_template(
        "interviews/slots.html",
        who=who,
        named=named(who),
        days=days_of(slot for slot, _ in found),
        booked={slot.id: booking for slot, booking in found if booking is not None},
        shown=shown,
        has_hidden=any(booking is None and slot.id not in shown for slot, booking in found),
        later=offered.count_after(who.id, until),
        weeks=weeks,
        more_weeks=weeks + 2 * WEEKS_SHOWN,
    )


@bp.route("/staff/slots/publish", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def publish_slots() -> ResponseReturnValue:
    who = whose()
    calls = [call for call in published_calls() if Mode.INTERVIEW in call.ways]
    form = PublishSlotsForm(calls=calls)
    if form.validate_on_submit():
        try:
            published = _publish(form, published_call(form.call.data), who)
            db.session.commit()
            _tell(published, who)
            return redirect(url_for("interviews.slots", **named(who)))
        except PlaceNeededError as error:
            refuse(form.place, error)
        except SeriesError as error:
            refuse(form.last_on, error)
        except RuleError as error:
            refuse(form.times, error)
    return render_template(
        "interviews/publish_slots.html",
        form=form,
        who=who,
        named=named(who),
        calls=calls,
        zones={call.slug: zone_words(call.zone) for call in calls},
    )


@bp.post("/staff/slots/<uuid:slot_id>/withdraw")
@requires(Permission.OPEN_SLOTS)
def withdraw_slot(slot_id: UUID) -> ResponseReturnValue:
    slot = db.get_or_404(Slot, slot_id)
    who = looked_after(slot.interviewer_id)
    try:
        offered.withdraw(slot)
        db.session.commit()
        flash("The time is withdrawn.", "success")
    except SlotBookedError as error:
        flash(str(error))
    return redirect(url_for("interviews.slots", **named(who)))


def _publish(form: PublishSlotsForm, call: Call, interviewer: StaffMember) -> list[Slot]:
    starts = moments(form.series(call.zone))
    return offered.publish(call, interviewer, starts, **asdict(form.meeting()))


def _tell(published: list[Slot], who: StaffMember) -> None:
    count = len(published)
    flash(f"{count} {'time is' if count == 1 else 'times are'} open for booking.", "success")
    hidden = _outside_limits([slot.starts_at for slot in published], who)
    if hidden:
        those = "1 of them" if hidden == 1 else f"{hidden} of them"
        flash(
            f"People do not see {those} now: too soon, or too far ahead, for how you can be booked."
            " You can change that under “When you can be booked”."
        )


def _outside_limits(starts: list[datetime], who: StaffMember) -> int:
    limits, now = limits_of(profiles.profile_of(who.id)), clock.now()
    return sum(not now + limits.notice <= at <= now + limits.horizon for at in starts)
