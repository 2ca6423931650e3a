"""Coordinators read offers to be interviewed, and accept or decline them."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.access_log import records_view
from accounts.roles import Permission
from core import exits
from core.database import db
from core.exits import ExitUse
from core.paging import build_page_links, get_requested_page
from core.transactions import committing
from evidence import consent
from evidence.calls import list_published_calls
from evidence.case_profile import get_case_profile
from evidence.models import Mode
from interviews.bookings import bookings
from interviews.models import Volunteer, VolunteerState
from interviews.targets.targets import list_capacity_choices
from interviews.views.blueprint import bp
from interviews.views.bookings.lookups import has_no_email
from interviews.volunteers import volunteers
from interviews.volunteers.volunteer_lists import (
    VolunteerFilter,
    get_volunteers_page,
    list_volunteer_bookings,
)

NO_EMAIL_MESSAGE = "They have no email address, so phone or write to them."
MAX_REFERENCE_LENGTH = 20  # characters, in the search box


@bp.get("/staff/volunteers")
@requires(Permission.MANAGE_VOLUNTEERS)
@records_view
def list_volunteers() -> ResponseReturnValue:
    state = request.args.get("state", None, type=_parse_state)
    calls = {call.slug: call for call in list_published_calls() if Mode.INTERVIEW in call.participation_modes}
    call = calls.get(request.args.get("call", ""))
    reference, page = request.args.get("reference", "").strip().upper()[:MAX_REFERENCE_LENGTH], get_requested_page()
    rows, pages = get_volunteers_page(VolunteerFilter(state, call.id if call else None, reference), page=page)
    return render_template(
        "interviews/volunteers/list_volunteers.html",
        volunteers=rows,
        pages=build_page_links(page, pages),
        reference=reference,
        state=state,
        state_choices=[(state.value, state.value.capitalize()) for state in VolunteerState],
        call_choices=[(slug, call.title) for slug, call in calls.items()],
        call=call,
    )


@bp.get("/staff/volunteers/<uuid:volunteer_id>")
@requires(Permission.MANAGE_VOLUNTEERS)
@exits.returns("what they need and how they described themselves", ExitUse.ARRANGING)
def show_volunteer(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = db.get_or_404(Volunteer, volunteer_id)
    return render_template(
        "interviews/volunteers/show_volunteer.html",
        volunteer=volunteer,
        background=get_case_profile(volunteer.contribution),
        decisions=consent.get_current_decisions(volunteer.participant_id, volunteer.call_id),
        booking=bookings.find_active_booking(volunteer),
        bookings=list_volunteer_bookings(volunteer),
        capacity=dict(list_capacity_choices(volunteer.call)).get(volunteer.capacity_key),
    )


@bp.post("/staff/volunteers/<uuid:volunteer_id>/accept")
@requires(Permission.MANAGE_VOLUNTEERS)
def accept_volunteer(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = db.get_or_404(Volunteer, volunteer_id)
    notified = NO_EMAIL_MESSAGE if has_no_email(volunteer) else "We have emailed them a link to choose a time."
    with committing(f"{volunteer.participant.reference} accepted. {notified}"):
        volunteers.accept(volunteer)
    return redirect(url_for("interviews.show_volunteer", volunteer_id=volunteer_id))


@bp.post("/staff/volunteers/<uuid:volunteer_id>/decline")
@requires(Permission.MANAGE_VOLUNTEERS)
def decline_volunteer(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = db.get_or_404(Volunteer, volunteer_id)
    notified = NO_EMAIL_MESSAGE if has_no_email(volunteer) else "We have emailed them."
    with committing(f"{volunteer.participant.reference} declined. {notified}"):
        volunteers.decline(volunteer)
    return redirect(url_for("interviews.show_volunteer", volunteer_id=volunteer_id))


def _parse_state(text: str) -> VolunteerState | None:
    return VolunteerState(text) if text else None
