"""Coordinators read offers to be interviewed, and accept or decline them."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from evidence import consent
from evidence.background import background_of
from evidence.calls import published_calls
from evidence.models import Mode
from interviews import bookings
from interviews import volunteers as offers
from interviews.blueprint import bp
from interviews.models import Volunteer, VolunteerState


@bp.get("/staff/volunteers")
@requires(Permission.MANAGE_VOLUNTEERS)
def volunteers() -> ResponseReturnValue:
    state = request.args.get("state", None, type=_state)
    calls = {call.slug: call for call in published_calls() if Mode.INTERVIEW in call.ways}
    call = calls.get(request.args.get("call", ""))
    return render_template(
        "interviews/volunteers.html",
        found=offers.volunteers(state, call.id if call else None),
        state=state,
        state_choices=[(state.value, state.value.capitalize()) for state in VolunteerState],
        call_choices=[(slug, call.title) for slug, call in calls.items()],
        call=call,
    )


@bp.get("/staff/volunteers/<uuid:volunteer_id>")
@requires(Permission.MANAGE_VOLUNTEERS)
def show_volunteer(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = db.get_or_404(Volunteer, volunteer_id)
    return render_template(
        "interviews/show_volunteer.html",
        volunteer=volunteer,
        background=background_of(volunteer.contribution),
        decisions=consent.decisions_now(volunteer.participant_id, volunteer.call_id),
        booking=bookings.active_booking(volunteer),
    )


@bp.post("/staff/volunteers/<uuid:volunteer_id>/accept")
@requires(Permission.MANAGE_VOLUNTEERS)
def accept_volunteer(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = db.get_or_404(Volunteer, volunteer_id)
    try:
        offers.accept(volunteer)
        db.session.commit()
        flash(f"{volunteer.participant.reference} is accepted and is mailed a link to choose a time.", "success")
    except RuleError as error:
        flash(str(error))
    return redirect(url_for("interviews.show_volunteer", volunteer_id=volunteer_id))


@bp.post("/staff/volunteers/<uuid:volunteer_id>/decline")
@requires(Permission.MANAGE_VOLUNTEERS)
def decline_volunteer(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = db.get_or_404(Volunteer, volunteer_id)
    try:
        offers.decline(volunteer)
        db.session.commit()
        flash(f"{volunteer.participant.reference} is declined and is told by mail.", "success")
    except RuleError as error:
        flash(str(error))
    return redirect(url_for("interviews.show_volunteer", volunteer_id=volunteer_id))


def _state(text: str) -> VolunteerState | None:
    return VolunteerState(text) if text else None
