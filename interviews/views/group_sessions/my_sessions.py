"""A volunteer takes or gives up a place in a group session, joins its waiting list, and comments on its summary."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import ask_before_opening, begin_session_by_mail, current_person_or_403, public, requires
from accounts.links import LinkNotValidError, get_valid_link
from accounts.models import LinkPurpose
from accounts.roles import Permission
from core import exits
from core.database import db
from core.exits import ExitAudience, ExitUse
from core.transactions import committing
from interviews.forms.group_sessions import ReleaseSeatForm, WriteUpCommentForm
from interviews.group_sessions import attendance, waitlist, write_ups
from interviews.group_sessions.own_sessions import (
    OwnSession,
    OwnSessionState,
    get_own_session,
    is_visible_to,
    list_own_sessions,
)
from interviews.group_sessions.session_lists import list_open_sessions
from interviews.group_sessions.sessions import find_session
from interviews.models import Slot, Volunteer
from interviews.views.blueprint import bp
from interviews.volunteers import volunteers
from interviews.wordings.slot_descriptions import format_slot_time, get_volunteer_zone

ENDPOINT_BY_PAGE = {"place": "show_my_session", "cancel": "give_up_seat", "write-up": "show_my_write_up"}


@bp.context_processor
def _add_session_lists() -> dict[str, Any]:
    return {
        "own_sessions": list_own_sessions,
        "open_sessions": list_open_sessions,
    }


@bp.route("/link/<token>/sessions/<uuid:slot_id>/<any(place, cancel, 'write-up'):page>", methods=["GET", "POST"])
@public
def open_session_link(token: str, slot_id: UUID, page: str) -> ResponseReturnValue:
    """A link in an email about a session. It only signs the person in and redirects."""
    try:
        link = get_valid_link(token, LinkPurpose.OWN_PAGE)
    except LinkNotValidError as error:
        flash(str(error))
        return redirect(url_for("evidence.request_link"))
    if question := ask_before_opening(link):
        return question
    begin_session_by_mail(link)
    return redirect(url_for(f"interviews.{ENDPOINT_BY_PAGE[page]}", slot_id=slot_id))


@bp.get("/my/sessions")
@requires(Permission.MANAGE_OWN_BOOKING)
def list_my_sessions() -> ResponseReturnValue:
    sign_ups = volunteers.list_sign_ups(current_person_or_403().id)
    sessions = [(volunteer, list_own_sessions(volunteer)) for volunteer in sign_ups]
    return render_template(
        "interviews/group_sessions/list_my_sessions.html", sign_ups=[(one, own) for one, own in sessions if own]
    )


@bp.get("/my/sessions/<uuid:slot_id>")
@requires(Permission.MANAGE_OWN_BOOKING)
def show_my_session(slot_id: UUID) -> ResponseReturnValue:
    slot, volunteer = _own_session_or_404(slot_id)
    return render_template(
        "interviews/group_sessions/show_my_session.html", own=get_own_session(slot, volunteer), volunteer=volunteer
    )


@bp.post("/my/sessions/<uuid:slot_id>/take")
@requires(Permission.MANAGE_OWN_BOOKING)
def take_seat(slot_id: UUID) -> ResponseReturnValue:
    slot, volunteer = _own_session_or_404(slot_id)
    time = format_slot_time(slot, get_volunteer_zone(volunteer))
    with committing(f"You have a place in the session on {time}. We have emailed you an invitation."):
        attendance.take_seat(slot, volunteer)
    return _redirect_to_session(slot)


@bp.post("/my/sessions/<uuid:slot_id>/join")
@requires(Permission.MANAGE_OWN_BOOKING)
def join_waitlist(slot_id: UUID) -> ResponseReturnValue:
    slot, volunteer = _own_session_or_404(slot_id)
    with committing("You are on the waiting list. We will email you when a place is free."):
        waitlist.join_waitlist(slot, volunteer)
    return _redirect_to_session(slot)


@bp.post("/my/sessions/<uuid:slot_id>/leave")
@requires(Permission.MANAGE_OWN_BOOKING)
def leave_waitlist(slot_id: UUID) -> ResponseReturnValue:
    """Also declines a place that is on offer."""
    slot, volunteer = _own_session_or_404(slot_id)
    with committing("Thank you for telling us. You are no longer on the waiting list."):
        waitlist.leave_waitlist(slot, volunteer)
    return _redirect_to_session(slot)


@bp.route("/my/sessions/<uuid:slot_id>/cancel", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def give_up_seat(slot_id: UUID) -> ResponseReturnValue:
    slot, volunteer = _own_session_or_404(slot_id)
    own = get_own_session(slot, volunteer)
    if own.booking is None or not own.may_cancel:
        flash(_format_cancel_refusal(own))
        return _redirect_to_session(slot)
    form = ReleaseSeatForm()
    if form.validate_on_submit():
        with committing("You have given up your place. Thank you for telling us.", at=form.reason) as saved:
            attendance.cancel_seat(own.booking, reason=form.reason.data)
        if saved:
            return _redirect_to_session(slot)
    return render_template("interviews/group_sessions/give_up_seat.html", form=form, own=own, volunteer=volunteer)


@bp.route("/my/sessions/<uuid:slot_id>/write-up", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
@exits.returns("their comments on a write-up", ExitUse.OWN_COPY, to=ExitAudience.PERSON)
def show_my_write_up(slot_id: UUID) -> ResponseReturnValue:
    slot, volunteer = _own_session_or_404(slot_id)
    row = write_ups.find_sent_write_up(slot, volunteer) or abort(404)
    form = WriteUpCommentForm()
    if form.validate_on_submit():
        write_ups.add_comment(row, volunteer, form.text.data)
        db.session.commit()
        flash("Thank you. The people who run this call for evidence will read your comment.", "success")
        return redirect(url_for("interviews.show_my_write_up", slot_id=slot.id))
    return render_template(
        "interviews/group_sessions/show_my_write_up.html",
        form=form,
        slot=slot,
        volunteer=volunteer,
        write_up=row,
        comments=write_ups.list_comments(row, volunteer),
    )


def _own_session_or_404(slot_id: UUID) -> tuple[Slot, Volunteer]:
    slot = find_session(slot_id) or abort(404)
    sign_ups = volunteers.list_sign_ups(current_person_or_403().id)
    concerned = [volunteer for volunteer in sign_ups if is_visible_to(slot, volunteer)]
    return (slot, concerned[0]) if concerned else abort(404)


def _format_cancel_refusal(own: OwnSession) -> str:
    if own.state is OwnSessionState.BOOKED:
        return attendance.format_too_late_message(own.slot)
    return "You do not have a place in this session."


def _redirect_to_session(slot: Slot) -> ResponseReturnValue:
    return redirect(url_for("interviews.show_my_session", slot_id=slot.id))
