"""Staff plan, change, hand over and cancel group sessions. Who comes to one: attendance.py."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field

from accounts.access import current_person_or_403, requires
from accounts.models import StaffMember
from accounts.roles import Permission
from core import exits
from core.database import db
from core.errors import RuleError
from core.exits import ExitUse
from core.transactions import committing
from evidence.calls import list_published_calls
from evidence.models import Mode
from interviews.availability import interviewers
from interviews.availability.local_times import ClockChangeError
from interviews.availability.slots import LocationMissingError
from interviews.forms.group_sessions import (
    CancelSessionForm,
    ChangeSessionForm,
    HandOverSessionForm,
    PlanSessionForm,
    SessionForm,
)
from interviews.group_sessions import attendance, session_lists, sessions, waitlist_queries, write_ups
from interviews.group_sessions.sessions import CapacityTooLowError
from interviews.views.blueprint import bp
from interviews.views.group_sessions.lookups import session_or_404
from interviews.views.lookups import interview_call_or_404
from interviews.wordings.slot_descriptions import format_slot_time, format_zone


@bp.get("/staff/sessions")
@requires(Permission.OPEN_SLOTS)
def list_sessions() -> ResponseReturnValue:
    host_id = None if _may_see_all() else current_person_or_403().id
    return render_template(
        "interviews/group_sessions/list_sessions.html",
        upcoming=session_lists.list_sessions(host_id, upcoming=True),
        past=session_lists.list_sessions(host_id, upcoming=False),
        calls=[call for call in list_published_calls() if Mode.INTERVIEW in call.participation_modes],
    )


@bp.route("/staff/calls/<slug>/sessions/plan", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def plan_session(slug: str) -> ResponseReturnValue:
    call = interview_call_or_404(slug)
    own_id = current_person_or_403().id
    hosts = [member for member in interviewers.list_possible_hosts() if _may_see_all() or member.id == own_id]
    form = PlanSessionForm(call=call, hosts=hosts, own_id=own_id)
    if form.validate_on_submit():
        with committing(at=_map_errors_to_fields(form)) as saved:
            host = db.session.get_one(StaffMember, UUID(form.host.data))
            slot = sessions.plan_session(call, host, form.build_plan())
        if saved:
            flash(f"Session planned for {format_slot_time(slot)}. People can now take a place.", "success")
            return redirect(url_for("interviews.show_session", slot_id=slot.id))
    return render_template(
        "interviews/group_sessions/plan_session.html", form=form, call=call, zone=format_zone(call.zone)
    )


@bp.get("/staff/sessions/<uuid:slot_id>")
@requires(Permission.OPEN_SLOTS)
@exits.returns("what they need and how they described themselves", ExitUse.ARRANGING)
def show_session(slot_id: UUID) -> ResponseReturnValue:
    slot = session_or_404(slot_id)
    return render_template(
        "interviews/group_sessions/show_session.html",
        slot=slot,
        summary=session_lists.get_session_summary(slot),
        seated_bookings=attendance.list_seated_bookings(slot),
        waitlist_entries=waitlist_queries.list_entries(slot),
        write_up=write_ups.find_write_up(slot),
        may_hand_over=_may_see_all(),
    )


@bp.route("/staff/sessions/<uuid:slot_id>/change", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def change_session(slot_id: UUID) -> ResponseReturnValue:
    slot = session_or_404(slot_id)
    form = ChangeSessionForm(call=slot.call, slot=slot)
    if form.validate_on_submit():
        with committing(
            "Session updated. Everyone affected has been emailed.", at=_map_errors_to_fields(form)
        ) as saved:
            sessions.change_session(slot, form.build_plan(), reason=form.reason.data)
        if saved:
            return redirect(url_for("interviews.show_session", slot_id=slot.id))
    return render_template(
        "interviews/group_sessions/change_session.html", form=form, slot=slot, zone=format_zone(slot.call.zone)
    )


@bp.route("/staff/sessions/<uuid:slot_id>/cancel", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def cancel_session(slot_id: UUID) -> ResponseReturnValue:
    slot = session_or_404(slot_id)
    form = CancelSessionForm()
    if form.validate_on_submit():
        with committing("Session cancelled. Everyone affected has been emailed.", at=form.reason) as saved:
            sessions.cancel_session(slot, reason=form.reason.data)
        if saved:
            return redirect(url_for("interviews.show_session", slot_id=slot.id))
    return render_template(
        "interviews/group_sessions/cancel_session.html",
        form=form,
        slot=slot,
        summary=session_lists.get_session_summary(slot),
    )


@bp.route("/staff/sessions/<uuid:slot_id>/hand-over", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def hand_over_session(slot_id: UUID) -> ResponseReturnValue:
    slot = session_or_404(slot_id)
    form = HandOverSessionForm(
        hosts=[one for one in interviewers.list_possible_hosts() if one.id != slot.interviewer_id]
    )
    if form.validate_on_submit():
        with committing(at=form.host) as saved:
            sessions.hand_over_session(slot, db.session.get_one(StaffMember, UUID(form.host.data)))
        if saved:
            flash(f"{slot.interviewer.name} will run the session. Both hosts have been emailed.", "success")
            return redirect(url_for("interviews.show_session", slot_id=slot.id))
    return render_template("interviews/group_sessions/hand_over_session.html", form=form, slot=slot)


def _may_see_all() -> bool:
    return current_person_or_403().may(Permission.MANAGE_VOLUNTEERS)


def _map_errors_to_fields(form: SessionForm) -> dict[type[RuleError], Field]:
    return {
        CapacityTooLowError: form.capacity,
        LocationMissingError: form.location,
        ClockChangeError: form.starts,
        RuleError: form.session_date,
    }
