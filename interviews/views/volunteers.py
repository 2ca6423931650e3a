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
from interviews.by_staff.volunteer_lists import WantedVolunteers, bookings_of, volunteers_page
from interviews.models import Volunteer, VolunteerState
from interviews.targets.targets import capacity_choices
from interviews.views.found import is_without_email
from interviews.views.paging import chosen_page, page_links

UNTOLD = "but has no email address: please ring or write to them."
MOST_REFERENCE = 20  # characters of a reference that somebody looks for


@bp.get("/staff/volunteers")
@requires(Permission.MANAGE_VOLUNTEERS)
def volunteers() -> ResponseReturnValue:
    state = request.args.get("state", None, type=_state)
    calls = {call.slug: call for call in published_calls() if Mode.INTERVIEW in call.ways}
    call = calls.get(request.args.get("call", ""))
    reference, page = request.args.get("reference", "").strip().upper()[:MOST_REFERENCE], chosen_page()
    found, pages = volunteers_page(WantedVolunteers(state, call.id if call else None, reference), page=page)
    return render_template(
        "interviews/volunteers.html",
        found=found,
        pages=page_links(page, pages),
        reference=reference,
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
        bookings=bookings_of(volunteer),
        capacity=dict(capacity_choices(volunteer.call)).get(volunteer.capacity_key),
    )


@bp.post("/staff/volunteers/<uuid:volunteer_id>/accept")
@requires(Permission.MANAGE_VOLUNTEERS)
def accept_volunteer(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = db.get_or_404(Volunteer, volunteer_id)
    try:
        offers.accept(volunteer)
        db.session.commit()
        told = UNTOLD if is_without_email(volunteer) else "and is mailed a link to choose a time."
        flash(f"{volunteer.participant.reference} is accepted {told}", "success")
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
        told = UNTOLD if is_without_email(volunteer) else "and is told by mail."
        flash(f"{volunteer.participant.reference} is declined {told}", "success")
    except RuleError as error:
        flash(str(error))
    return redirect(url_for("interviews.show_volunteer", volunteer_id=volunteer_id))


def _state(text: str) -> VolunteerState | None:
    return VolunteerState(text) if text else None
