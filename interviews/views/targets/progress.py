"""Coordinators see the progress of a call towards its targets, and who counts for a group."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core import exits
from core.database import db
from core.exits import ExitUse
from core.paging import build_page_links, get_requested_page
from evidence.calls import CallStatus, get_call_status
from interviews.bookings.booking_policy import get_booking_policy
from interviews.forms.targets import build_groups_form
from interviews.models import Volunteer
from interviews.targets import progress
from interviews.targets.groups import list_group_members, set_volunteer_groups
from interviews.targets.stages import Grouping, VolunteerStage
from interviews.targets.targets import list_capacity_choices
from interviews.views.blueprint import bp
from interviews.views.lookups import staff_call_or_404

STAGE_LABELS = {
    VolunteerStage.OFFERED: "Offered",
    VolunteerStage.ACCEPTED: "Accepted",
    VolunteerStage.BOOKED: "Booked",
    VolunteerStage.COMPLETED: "Completed",
}


@bp.get("/staff/calls/<slug>/board")
@requires(Permission.MANAGE_VOLUNTEERS)
def show_call_progress(slug: str) -> ResponseReturnValue:
    call = staff_call_or_404(slug)
    return render_template(
        "interviews/targets/show_call_progress.html",
        call=call,
        progress=progress.get_call_progress(call),
        stage_labels=STAGE_LABELS,
        is_over=get_call_status(call) is CallStatus.CLOSED,
        asks_equality=get_booking_policy(call).asks_equality,
    )


@bp.get("/staff/calls/<slug>/board/<by>")
@requires(Permission.MANAGE_VOLUNTEERS)
def list_group_volunteers(slug: str, by: str) -> ResponseReturnValue:
    call = staff_call_or_404(slug)
    if by not in set(Grouping):
        abort(404)
    group = progress.find_group(call, Grouping(by), request.args.get("group", ""))
    if group is None:
        abort(404)
    page = get_requested_page()
    members, pages = list_group_members(call, Grouping(by), group, page=page)
    return render_template(
        "interviews/targets/list_group_volunteers.html",
        call=call,
        section=progress.SECTION_TITLES[Grouping(by)],
        group=group,
        members=members,
        pages=build_page_links(page, pages),
    )


@bp.route("/staff/volunteers/<uuid:volunteer_id>/groups", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
@exits.returns("what they need and how they described themselves", ExitUse.ARRANGING)
def edit_volunteer_groups(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = db.get_or_404(Volunteer, volunteer_id)
    form = build_groups_form(volunteer, list_capacity_choices(volunteer.call))
    if form.validate_on_submit():
        set_volunteer_groups(volunteer, site_id=form.site.data, capacity_key=form.capacity.data)
        db.session.commit()
        flash(f"Site and capacity of {volunteer.participant.reference} saved.", "success")
        return redirect(url_for("interviews.show_volunteer", volunteer_id=volunteer_id))
    return render_template("interviews/targets/edit_volunteer_groups.html", form=form, volunteer=volunteer)
