"""Coordinators see how far a call is towards its targets, and who counts for a group."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from evidence.calls import Standing, find_call, standing
from evidence.models import Call
from interviews.blueprint import bp
from interviews.forms.targets import groups_form
from interviews.models import Volunteer
from interviews.rules import rules_of
from interviews.targets import board
from interviews.targets.members import members_of
from interviews.targets.membership import set_groups
from interviews.targets.stages import By, Stage
from interviews.targets.targets import capacity_choices
from interviews.views.paging import chosen_page, page_links

STAGE_WORDS = {
    Stage.OFFERED: "Offered",
    Stage.ACCEPTED: "Accepted",
    Stage.BOOKED: "Booked",
    Stage.DONE: "Held",
}


def staff_call(slug: str) -> Call:
    """A call in the address of a staff page, drafts too."""
    return find_call(slug) or abort(404)


@bp.get("/staff/calls/<slug>/board")
@requires(Permission.MANAGE_VOLUNTEERS)
def call_board(slug: str) -> ResponseReturnValue:
    call = staff_call(slug)
    return render_template(
        "interviews/call_board.html",
        call=call,
        board=board.board_of(call),
        stages=STAGE_WORDS,
        is_over=standing(call) is Standing.CLOSED,
        asks_equality=rules_of(call).asks_equality,
    )


@bp.get("/staff/calls/<slug>/board/<by>")
@requires(Permission.MANAGE_VOLUNTEERS)
def group_volunteers(slug: str, by: str) -> ResponseReturnValue:
    call = staff_call(slug)
    if by not in set(By):
        abort(404)
    group = board.find_group(call, By(by), request.args.get("group", ""))
    if group is None:
        abort(404)
    page = chosen_page()
    found, pages = members_of(call, By(by), group, page=page)
    return render_template(
        "interviews/group_volunteers.html",
        call=call,
        section=board.TITLES[By(by)],
        group=group,
        found=found,
        pages=page_links(page, pages),
    )


@bp.route("/staff/volunteers/<uuid:volunteer_id>/groups", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def volunteer_groups(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = db.get_or_404(Volunteer, volunteer_id)
    form = groups_form(volunteer, capacity_choices(volunteer.call))
    if form.validate_on_submit():
        set_groups(volunteer, site_id=form.site.data, capacity_key=form.capacity.data)
        db.session.commit()
        flash(f"Noted for {volunteer.participant.reference}.", "success")
        return redirect(url_for("interviews.show_volunteer", volunteer_id=volunteer_id))
    return render_template("interviews/volunteer_groups.html", form=form, volunteer=volunteer)
