"""A volunteer books, moves and cancels. Every GET shows, every POST acts."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from interviews import bookings
from interviews.blueprint import bp
from interviews.bookings import NotAloneError, PhoneNeededError
from interviews.forms.fields import CancelBookingForm, ChooseSlotForm, refuse
from interviews.models import Booking, BookingStatus, Volunteer, VolunteerState
from interviews.offering import needs, offers
from interviews.views.choosing import chosen_slot
from interviews.views.own import own_booking, own_offer
from interviews.views.times_to_choose import interviewer_wanted, times_to_choose, zone_wanted
from interviews.wording import when, zone_of

OVER = "This interview is over, has begun or was cancelled, so it cannot be changed."
OTHER_TIME = "You can choose another time."
NO_MORE = "We take no more bookings now. Thank you for offering to talk with us."


@bp.route("/my/offers/<uuid:volunteer_id>/book", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def book_slot(volunteer_id: UUID) -> ResponseReturnValue:
    offer = own_offer(volunteer_id)
    if words := _cannot_book(offer):
        flash(words)
        return redirect(url_for("interviews.my_page"))
    form = ChooseSlotForm()
    if form.validate_on_submit():
        try:
            _note_wishes(form, offer)
            booking = offers.take(offer, chosen_slot(form, offer), interviewer_id=interviewer_wanted())
            db.session.commit()
            flash(f"Your interview is booked: {_when(booking)}.{_mailed(offer, 'an invitation')}", "success")
            return redirect(url_for("interviews.my_page"))
        except RuleError as error:
            _refuse(form, error)
    return render_template("interviews/book_slot.html", form=form, offer=offer, **times_to_choose(offer))


@bp.route("/my/bookings/<uuid:booking_id>/move", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def move_booking(booking_id: UUID) -> ResponseReturnValue:
    booking = own_booking(booking_id)
    if turned_away := _cannot_change(booking):
        return turned_away
    form, offer = ChooseSlotForm(), booking.volunteer
    if form.validate_on_submit():
        try:
            _note_wishes(form, offer)
            offers.move_to(booking, chosen_slot(form, offer), interviewer_id=interviewer_wanted())
            db.session.commit()
            flash(f"Your interview has moved: {_when(booking)}.{_mailed(offer, 'the change')}", "success")
            return redirect(url_for("interviews.my_page"))
        except RuleError as error:
            _refuse(form, error)
    return render_template(
        "interviews/move_booking.html", form=form, booking=booking, offer=offer, **times_to_choose(offer, booking)
    )


@bp.route("/my/bookings/<uuid:booking_id>/cancel", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def cancel_booking(booking_id: UUID) -> ResponseReturnValue:
    booking = own_booking(booking_id)
    if turned_away := _cannot_change(booking):
        return turned_away
    form, is_closed = CancelBookingForm(), bookings.is_closed_for(booking.volunteer)
    if form.validate_on_submit():
        try:
            bookings.cancel(booking, reason=form.reason.data)
            db.session.commit()
            flash(f"Your interview is cancelled. {NO_MORE if is_closed else OTHER_TIME}", "success")
            return redirect(url_for("interviews.my_page"))
        except RuleError as error:
            refuse(form.reason, error)
    return render_template("interviews/cancel_booking.html", form=form, booking=booking, is_closed=is_closed)


def _cannot_book(offer: Volunteer) -> str:
    """Why not; empty when they can."""
    if offer.state is not VolunteerState.ACCEPTED or bookings.active_booking(offer):
        return "You have booked a time already, or your offer has not been accepted."
    return "Your interview has taken place. Thank you." if bookings.held_interview(offer) else ""


def _cannot_change(booking: Booking) -> ResponseReturnValue | None:
    """Where to send somebody who cannot change this interview, or not alone; None for all others."""
    if booking.status is not BookingStatus.BOOKED or booking.is_group or bookings.has_begun(booking):
        flash(OVER)
        return redirect(url_for("interviews.my_page"))
    if reason := bookings.why_not_alone(booking):
        return _to_message(booking, reason)
    return None


def _to_message(booking: Booking, reason: NotAloneError) -> ResponseReturnValue:
    flash(str(reason))
    return redirect(url_for("interviews.write_message", volunteer_id=booking.volunteer_id, about=booking.id))


def _note_wishes(form: ChooseSlotForm, offer: Volunteer) -> None:
    """The clocks that the times were chosen on, and a number that was given with the choice; one that we have stays."""
    needs.choose_zone(offer, zone_wanted(offer))
    contact = offer.participant.contact
    if contact is not None and not contact.phone and form.phone.data:
        contact.phone = form.phone.data


def _when(booking: Booking) -> str:
    return when(booking.slot, zone_of(booking.volunteer))


def _mailed(offer: Volunteer, what: str) -> str:
    contact = offer.participant.contact
    return f" We have mailed you {what}." if contact and contact.email else ""


def _refuse(form: ChooseSlotForm, error: RuleError) -> None:
    refuse(form.phone if isinstance(error, PhoneNeededError) else form.slot, error)
