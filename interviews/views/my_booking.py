"""A volunteer books, moves and cancels. Every GET shows, every POST acts."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from interviews import bookings
from interviews.blueprint import bp
from interviews.bookings import PhoneNeededError
from interviews.forms import CancelBookingForm, ChooseSlotForm, refuse
from interviews.models import BookingStatus, SlotKind, Volunteer, VolunteerState
from interviews.views.choosing import chosen_slot, open_days
from interviews.views.own import own_booking, own_offer
from interviews.wording import when, zone_words

OVER = "This interview is over, has begun or was cancelled, so it cannot be changed."


@bp.route("/my/offers/<uuid:volunteer_id>/book", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def book_slot(volunteer_id: UUID) -> ResponseReturnValue:
    offer = own_offer(volunteer_id)
    if offer.state is not VolunteerState.ACCEPTED or bookings.active_booking(offer):
        flash("You have booked a time already, or your offer has not been accepted.")
        return redirect(url_for("interviews.my_page"))
    form = ChooseSlotForm()
    if form.validate_on_submit():
        try:
            _note_phone(form, offer)
            booking = bookings.book(chosen_slot(form, offer), offer)
            db.session.commit()
            flash(f"Your interview is booked: {when(booking.slot)}. We have mailed you an invitation.", "success")
            return redirect(url_for("interviews.my_page"))
        except RuleError as error:
            _refuse(form, error)
    return render_template("interviews/book_slot.html", form=form, **_choices(offer))


@bp.route("/my/bookings/<uuid:booking_id>/move", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def move_booking(booking_id: UUID) -> ResponseReturnValue:
    booking = own_booking(booking_id)
    if booking.status is not BookingStatus.BOOKED or bookings.has_begun(booking):
        flash(OVER)
        return redirect(url_for("interviews.my_page"))
    form = ChooseSlotForm()
    if form.validate_on_submit():
        try:
            _note_phone(form, booking.volunteer)
            bookings.move(booking, chosen_slot(form, booking.volunteer))
            db.session.commit()
            flash(f"Your interview has moved: {when(booking.slot)}. We have mailed you the change.", "success")
            return redirect(url_for("interviews.my_page"))
        except RuleError as error:
            _refuse(form, error)
    return render_template("interviews/move_booking.html", form=form, booking=booking, **_choices(booking.volunteer))


@bp.route("/my/bookings/<uuid:booking_id>/cancel", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def cancel_booking(booking_id: UUID) -> ResponseReturnValue:
    booking = own_booking(booking_id)
    if booking.status is not BookingStatus.BOOKED or bookings.has_begun(booking):
        flash(OVER)
        return redirect(url_for("interviews.my_page"))
    form = CancelBookingForm()
    if form.validate_on_submit():
        try:
            bookings.cancel(booking, reason=form.reason.data)
            db.session.commit()
            flash("Your interview is cancelled. You can choose another time.", "success")
            return redirect(url_for("interviews.my_page"))
        except RuleError as error:
            refuse(form.reason, error)
    return render_template("interviews/cancel_booking.html", form=form, booking=booking)


def _note_phone(form: ChooseSlotForm, offer: Volunteer) -> None:
    """A number that was given with the choice of a time; one that we have stays."""
    contact = offer.participant.contact
    if contact is not None and not contact.phone and form.phone.data:
        contact.phone = form.phone.data


def _refuse(form: ChooseSlotForm, error: RuleError) -> None:
    refuse(form.phone if isinstance(error, PhoneNeededError) else form.slot, error)


def _choices(offer: Volunteer) -> dict[str, Any]:
    contact = offer.participant.contact
    days = open_days(offer)
    offers_telephone = any(entry["slot"].kind is SlotKind.TELEPHONE for day in days for entry in day.slots)
    return {
        "offer": offer,
        "days": days,
        "zone": zone_words(offer.call.zone),
        "asks_phone": offers_telephone and not (contact and contact.phone),
    }
