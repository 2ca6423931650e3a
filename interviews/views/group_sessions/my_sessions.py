"""A volunteer takes a place in a group session, waits for one, gives it up, comments on what the session came to."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import begin_participant_session, current_person_or_403, public, requires
from accounts.links import LinkNotValidError, get_valid_link
from accounts.models import LinkPurpose
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from core.form_fields import add_field_error
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
from interviews.wordings.slot_descriptions import format_slot_time, format_zone, get_volunteer_zone

ENDPOINT_BY_PAGE = {"place": "show_my_session", "cancel": "give_up_seat", "write-up": "show_my_write_up"}


@bp.context_processor
def _add_session_lists() -> dict[str, Any]:
    """For pages of other modules that show a line about sessions."""
    return {
        "own_sessions": list_own_sessions,
        "open_sessions": list_open_sessions,
        "zone_of": get_volunteer_zone,
        "zone_words": format_zone,
    }


@bp.get("/link/<token>/sessions/<uuid:slot_id>/<any(place, cancel, 'write-up'):page>")
@public
def open_session_link(token: str, slot_id: UUID, page: str) -> ResponseReturnValue:
    """A link in a mail about a session: begins the person's session and shows the page. It does nothing by itself."""
    try:
        link = get_valid_link(token, LinkPurpose.OWN_PAGE)
    except LinkNotValidError as error:
        flash(str(error))
        return redirect(url_for("evidence.request_link"))
    begin_participant_session(link)
    return redirect(url_for(f"interviews.{ENDPOINT_BY_PAGE[page]}", slot_id=slot_id))


@bp.get("/my/sessions")
@requires(Permission.MANAGE_OWN_BOOKING)
def list_my_sessions() -> ResponseReturnValue:
    found = [(offer, list_own_sessions(offer)) for offer in volunteers.list_sign_ups(current_person_or_403().id)]
    return render_template(
        "interviews/group_sessions/my_sessions.html", found=[(offer, own) for offer, own in found if own]
    )


@bp.get("/my/sessions/<uuid:slot_id>")
@requires(Permission.MANAGE_OWN_BOOKING)
def show_my_session(slot_id: UUID) -> ResponseReturnValue:
    slot, offer = _own_session_or_404(slot_id)
    return render_template("interviews/group_sessions/my_session.html", own=get_own_session(slot, offer), offer=offer)


@bp.post("/my/sessions/<uuid:slot_id>/take")
@requires(Permission.MANAGE_OWN_BOOKING)
def take_seat(slot_id: UUID) -> ResponseReturnValue:
    slot, offer = _own_session_or_404(slot_id)
    try:
        attendance.take_seat(slot, offer)
        db.session.commit()
        flash(
            f"You have a place: {format_slot_time(slot, get_volunteer_zone(offer))}. We have mailed you an invitation.",
            "success",
        )
    except RuleError as error:
        flash(str(error))
    return _redirect_to_session(slot)


@bp.post("/my/sessions/<uuid:slot_id>/join")
@requires(Permission.MANAGE_OWN_BOOKING)
def join_waitlist(slot_id: UUID) -> ResponseReturnValue:
    slot, offer = _own_session_or_404(slot_id)
    try:
        waitlist.join_waitlist(slot, offer)
        db.session.commit()
        flash("You are on the waiting list. We write to you when a place is free.", "success")
    except RuleError as error:
        flash(str(error))
    return _redirect_to_session(slot)


@bp.post("/my/sessions/<uuid:slot_id>/leave")
@requires(Permission.MANAGE_OWN_BOOKING)
def leave_waitlist(slot_id: UUID) -> ResponseReturnValue:
    """Also how somebody declines a place that is kept for them."""
    slot, offer = _own_session_or_404(slot_id)
    try:
        waitlist.leave_waitlist(slot, offer)
        db.session.commit()
        flash("Thank you for telling us. You do not wait for a place any more.", "success")
    except RuleError as error:
        flash(str(error))
    return _redirect_to_session(slot)


@bp.route("/my/sessions/<uuid:slot_id>/cancel", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def give_up_seat(slot_id: UUID) -> ResponseReturnValue:
    slot, offer = _own_session_or_404(slot_id)
    own = get_own_session(slot, offer)
    if own.booking is None or not own.may_cancel:
        flash(_format_cancel_refusal(own))
        return _redirect_to_session(slot)
    form = ReleaseSeatForm()
    if form.validate_on_submit():
        try:
            attendance.cancel_seat(own.booking, reason=form.reason.data)
            db.session.commit()
            flash("Your place is given up. Thank you for telling us.", "success")
            return _redirect_to_session(slot)
        except RuleError as error:
            add_field_error(form.reason, error)
    return render_template("interviews/group_sessions/give_up_place.html", form=form, own=own, offer=offer)


@bp.route("/my/sessions/<uuid:slot_id>/write-up", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def show_my_write_up(slot_id: UUID) -> ResponseReturnValue:
    slot, offer = _own_session_or_404(slot_id)
    row = write_ups.find_sent_write_up(slot, offer) or abort(404)
    form = WriteUpCommentForm()
    if form.validate_on_submit():
        write_ups.add_comment(row, offer, form.text.data)
        db.session.commit()
        flash("Thank you. The people who run this call read what you have written.", "success")
        return redirect(url_for("interviews.show_my_write_up", slot_id=slot.id))
    return render_template(
        "interviews/group_sessions/my_write_up.html",
        form=form,
        slot=slot,
        offer=offer,
        write_up=row,
        comments=write_ups.list_comments(row, offer),
    )


def _own_session_or_404(slot_id: UUID) -> tuple[Slot, Volunteer]:
    """The session, and the person's own offer to its call; not found where it does not concern them."""
    slot = find_session(slot_id) or abort(404)
    offers = [offer for offer in volunteers.list_sign_ups(current_person_or_403().id) if is_visible_to(slot, offer)]
    return (slot, offers[0]) if offers else abort(404)


def _format_cancel_refusal(own: OwnSession) -> str:
    if own.state is OwnSessionState.BOOKED:
        return attendance.format_too_late_message(own.slot)
    return "You have no place in this session that you could give up."


def _redirect_to_session(slot: Slot) -> ResponseReturnValue:
    return redirect(url_for("interviews.show_my_session", slot_id=slot.id))
