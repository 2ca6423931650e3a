"""Interviewers publish times and withdraw free ones."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.models import StaffMember
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from evidence.calls import published_call, published_calls
from evidence.models import Call, Mode
from interviews import slots as offered
from interviews.availability.moments import SeriesError, moments
from interviews.blueprint import bp
from interviews.days import days_of
from interviews.forms import refuse
from interviews.models import Slot, SlotKind
from interviews.slot_forms import PublishSlotsForm
from interviews.slots import PlaceNeededError, SlotBookedError
from interviews.wording import zone_words


@bp.get("/staff/slots")
@requires(Permission.OPEN_SLOTS)
def slots() -> ResponseReturnValue:
    found = offered.slots_of(signed_in().id)
    booked = {slot.id: booking for slot, booking in found if booking is not None}
    return render_template("interviews/slots.html", days=days_of(slot for slot, _ in found), booked=booked)


@bp.route("/staff/slots/publish", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def publish_slots() -> ResponseReturnValue:
    calls = [call for call in published_calls() if Mode.INTERVIEW in call.ways]
    form = PublishSlotsForm(calls=calls)
    if form.validate_on_submit():
        try:
            count = _publish(form, published_call(form.call.data))
            db.session.commit()
            flash(f"{count} {'time is' if count == 1 else 'times are'} open for booking.", "success")
            return redirect(url_for("interviews.slots"))
        except PlaceNeededError as error:
            refuse(form.place, error)
        except SeriesError as error:
            refuse(form.last_on, error)
        except RuleError as error:
            refuse(form.times, error)
    return render_template(
        "interviews/publish_slots.html",
        form=form,
        calls=calls,
        zones={call.slug: zone_words(call.zone) for call in calls},
    )


@bp.post("/staff/slots/<uuid:slot_id>/withdraw")
@requires(Permission.OPEN_SLOTS)
def withdraw_slot(slot_id: UUID) -> ResponseReturnValue:
    slot = db.get_or_404(Slot, slot_id)
    if slot.interviewer_id != signed_in().id:
        abort(404)
    try:
        offered.withdraw(slot)
        db.session.commit()
        flash("The time is withdrawn.", "success")
    except SlotBookedError as error:
        flash(str(error))
    return redirect(url_for("interviews.slots"))


def _publish(form: PublishSlotsForm, call: Call) -> int:
    starts = moments(form.series(call.zone))
    interviewer = db.session.get_one(StaffMember, signed_in().id)
    return len(offered.publish(call, interviewer, starts, kind=SlotKind(form.kind.data), place=form.place.data))
