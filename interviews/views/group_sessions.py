"""Staff plan group sessions, change, hand over and cancel them. Who comes to one: session_places.py."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.models import StaffMember
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from evidence.calls import CallNotFoundError, published_call, published_calls
from evidence.models import Call, Mode
from interviews.availability.moments import ClockChangeError
from interviews.blueprint import bp
from interviews.forms.fields import refuse
from interviews.forms.groups import CancelSessionForm, ChangeSessionForm, HandOverForm, PlanSessionForm, SessionForm
from interviews.groups import listing, places, waiting, write_ups
from interviews.groups import sessions as planned
from interviews.groups.sessions import CapacityError
from interviews.slots import PlaceNeededError
from interviews.views.found_sessions import session_of_staff
from interviews.wording import when, zone_words


@bp.get("/staff/sessions")
@requires(Permission.OPEN_SLOTS)
def sessions() -> ResponseReturnValue:
    holder_id = None if _sees_all() else signed_in().id
    return render_template(
        "interviews/sessions.html",
        upcoming=listing.sessions(holder_id, upcoming=True),
        past=listing.sessions(holder_id, upcoming=False),
        calls=[call for call in published_calls() if Mode.INTERVIEW in call.ways],
    )


@bp.route("/staff/calls/<slug>/sessions/plan", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def plan_session(slug: str) -> ResponseReturnValue:
    call = _call(slug)
    own_id = signed_in().id
    holders = [member for member in planned.possible_holders() if _sees_all() or member.id == own_id]
    form = PlanSessionForm(call=call, holders=holders, own_id=own_id)
    if form.validate_on_submit():
        try:
            holder = db.session.get_one(StaffMember, UUID(form.holder.data))
            slot = planned.plan(call, holder, form.planned())
            db.session.commit()
            flash(f"The session is planned: {when(slot)}. People can take a place from now on.", "success")
            return redirect(url_for("interviews.show_session", slot_id=slot.id))
        except RuleError as error:
            _refuse(form, error)
    return render_template("interviews/plan_session.html", form=form, call=call, zone=zone_words(call.zone))


@bp.get("/staff/sessions/<uuid:slot_id>")
@requires(Permission.OPEN_SLOTS)
def show_session(slot_id: UUID) -> ResponseReturnValue:
    slot = session_of_staff(slot_id)
    return render_template(
        "interviews/show_session.html",
        slot=slot,
        line=listing.line_of(slot),
        placed=places.placed(slot),
        waiting=waiting.rows(slot),
        write_up=write_ups.write_up_of(slot),
        may_hand_over=_sees_all(),
    )


@bp.route("/staff/sessions/<uuid:slot_id>/change", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def change_session(slot_id: UUID) -> ResponseReturnValue:
    slot = session_of_staff(slot_id)
    form = ChangeSessionForm(call=slot.call, slot=slot)
    if form.validate_on_submit():
        try:
            planned.change(slot, form.planned(), reason=form.reason.data)
            db.session.commit()
            flash("The session is changed. Whoever is concerned is mailed.", "success")
            return redirect(url_for("interviews.show_session", slot_id=slot.id))
        except RuleError as error:
            _refuse(form, error)
    return render_template("interviews/change_session.html", form=form, slot=slot, zone=zone_words(slot.call.zone))


@bp.route("/staff/sessions/<uuid:slot_id>/cancel", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def cancel_session(slot_id: UUID) -> ResponseReturnValue:
    slot = session_of_staff(slot_id)
    form = CancelSessionForm()
    if form.validate_on_submit():
        try:
            planned.cancel(slot, reason=form.reason.data)
            db.session.commit()
            flash("The session is cancelled. Everybody concerned is mailed.", "success")
            return redirect(url_for("interviews.show_session", slot_id=slot.id))
        except RuleError as error:
            refuse(form.reason, error)
    return render_template("interviews/cancel_session.html", form=form, slot=slot, line=listing.line_of(slot))


@bp.route("/staff/sessions/<uuid:slot_id>/hand-over", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def hand_over_session(slot_id: UUID) -> ResponseReturnValue:
    slot = session_of_staff(slot_id)
    form = HandOverForm(holders=[one for one in planned.possible_holders() if one.id != slot.interviewer_id])
    if form.validate_on_submit():
        try:
            planned.hand_over(slot, db.session.get_one(StaffMember, UUID(form.holder.data)))
            db.session.commit()
            flash(f"{slot.interviewer.name} holds the session now. Both are mailed.", "success")
            return redirect(url_for("interviews.show_session", slot_id=slot.id))
        except RuleError as error:
            refuse(form.holder, error)
    return render_template("interviews/hand_over_session.html", form=form, slot=slot)


def _call(slug: str) -> Call:
    try:
        call = published_call(slug)
    except CallNotFoundError:
        abort(404)
    return call if Mode.INTERVIEW in call.ways else abort(404)


def _sees_all() -> bool:
    return signed_in().may(Permission.MANAGE_VOLUNTEERS)


def _refuse(form: SessionForm, error: RuleError) -> None:
    """At the field that can mend it."""
    fields = {CapacityError: form.capacity, PlaceNeededError: form.place, ClockChangeError: form.starts}
    refuse(fields.get(type(error), form.held_on), error)
