"""A volunteer takes a place in a group session, waits for one, gives it up, comments on what the session came to."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import begin_participant_session, public, requires, signed_in
from accounts.links import LinkNotValidError, valid_link
from accounts.models import LinkPurpose
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from interviews import volunteers
from interviews.blueprint import bp
from interviews.forms.fields import refuse
from interviews.forms.groups import CommentForm, GiveUpPlaceForm
from interviews.groups import places, waiting_list, write_ups
from interviews.groups.listing import open_sessions
from interviews.groups.own_sessions import OwnSession, OwnState, is_seen, own_session, own_sessions
from interviews.groups.sessions import find_session
from interviews.models import Slot, Volunteer
from interviews.wording import when, zone_of, zone_words

PAGES = {"place": "my_session", "cancel": "give_up_place", "write-up": "my_write_up"}


@bp.context_processor
def _sessions() -> dict[str, Any]:
    """For pages of other modules that show a line about sessions."""
    return {"own_sessions": own_sessions, "open_sessions": open_sessions, "zone_of": zone_of, "zone_words": zone_words}


@bp.get("/link/<token>/sessions/<uuid:slot_id>/<any(place, cancel, 'write-up'):page>")
@public
def open_session_link(token: str, slot_id: UUID, page: str) -> ResponseReturnValue:
    """A link in a mail about a session: begins the person's session and shows the page. It does nothing by itself."""
    try:
        link = valid_link(token, LinkPurpose.OWN_PAGE)
    except LinkNotValidError as error:
        flash(str(error))
        return redirect(url_for("evidence.link_needed"))
    begin_participant_session(link)
    return redirect(url_for(f"interviews.{PAGES[page]}", slot_id=slot_id))


@bp.get("/my/sessions")
@requires(Permission.MANAGE_OWN_BOOKING)
def my_sessions() -> ResponseReturnValue:
    found = [(offer, own_sessions(offer)) for offer in volunteers.offers_of(signed_in().id)]
    return render_template("interviews/my_sessions.html", found=[(offer, own) for offer, own in found if own])


@bp.get("/my/sessions/<uuid:slot_id>")
@requires(Permission.MANAGE_OWN_BOOKING)
def my_session(slot_id: UUID) -> ResponseReturnValue:
    slot, offer = _own(slot_id)
    return render_template("interviews/my_session.html", own=own_session(slot, offer), offer=offer)


@bp.post("/my/sessions/<uuid:slot_id>/take")
@requires(Permission.MANAGE_OWN_BOOKING)
def take_place(slot_id: UUID) -> ResponseReturnValue:
    slot, offer = _own(slot_id)
    try:
        places.take(slot, offer)
        db.session.commit()
        flash(f"You have a place: {when(slot, zone_of(offer))}. We have mailed you an invitation.", "success")
    except RuleError as error:
        flash(str(error))
    return _to_session(slot)


@bp.post("/my/sessions/<uuid:slot_id>/join")
@requires(Permission.MANAGE_OWN_BOOKING)
def join_waiting_list(slot_id: UUID) -> ResponseReturnValue:
    slot, offer = _own(slot_id)
    try:
        waiting_list.join(slot, offer)
        db.session.commit()
        flash("You are on the waiting list. We write to you when a place is free.", "success")
    except RuleError as error:
        flash(str(error))
    return _to_session(slot)


@bp.post("/my/sessions/<uuid:slot_id>/leave")
@requires(Permission.MANAGE_OWN_BOOKING)
def leave_waiting_list(slot_id: UUID) -> ResponseReturnValue:
    """Also how somebody declines a place that is kept for them."""
    slot, offer = _own(slot_id)
    try:
        waiting_list.leave(slot, offer)
        db.session.commit()
        flash("Thank you for telling us. You do not wait for a place any more.", "success")
    except RuleError as error:
        flash(str(error))
    return _to_session(slot)


@bp.route("/my/sessions/<uuid:slot_id>/cancel", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def give_up_place(slot_id: UUID) -> ResponseReturnValue:
    slot, offer = _own(slot_id)
    own = own_session(slot, offer)
    if own.booking is None or not own.may_cancel:
        flash(_why_not(own))
        return _to_session(slot)
    form = GiveUpPlaceForm()
    if form.validate_on_submit():
        try:
            places.cancel(own.booking, reason=form.reason.data)
            db.session.commit()
            flash("Your place is given up. Thank you for telling us.", "success")
            return _to_session(slot)
        except RuleError as error:
            refuse(form.reason, error)
    return render_template("interviews/give_up_place.html", form=form, own=own, offer=offer)


@bp.route("/my/sessions/<uuid:slot_id>/write-up", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def my_write_up(slot_id: UUID) -> ResponseReturnValue:
    slot, offer = _own(slot_id)
    row = write_ups.sent_write_up(slot, offer) or abort(404)
    form = CommentForm()
    if form.validate_on_submit():
        write_ups.comment(row, offer, form.text.data)
        db.session.commit()
        flash("Thank you. The people who run this call read what you have written.", "success")
        return redirect(url_for("interviews.my_write_up", slot_id=slot.id))
    return render_template(
        "interviews/my_write_up.html",
        form=form,
        slot=slot,
        offer=offer,
        write_up=row,
        comments=write_ups.comments_on(row, offer),
    )


def _own(slot_id: UUID) -> tuple[Slot, Volunteer]:
    """The session, and the person's own offer to its call; not found where it does not concern them."""
    slot = find_session(slot_id) or abort(404)
    offers = [offer for offer in volunteers.offers_of(signed_in().id) if is_seen(slot, offer)]
    return (slot, offers[0]) if offers else abort(404)


def _why_not(own: OwnSession) -> str:
    if own.state is OwnState.BOOKED:
        return places.too_late_words(own.slot)
    return "You have no place in this session that you could give up."


def _to_session(slot: Slot) -> ResponseReturnValue:
    return redirect(url_for("interviews.my_session", slot_id=slot.id))
