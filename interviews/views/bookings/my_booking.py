"""A volunteer books, moves and cancels their interview."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field

from accounts.access import ask_before_opening, begin_session_by_mail, public, requires
from accounts.links import LinkNotValidError, get_valid_link
from accounts.models import LinkPurpose
from accounts.roles import Permission
from core.errors import RuleError
from core.transactions import committing
from interviews.bookings import bookings
from interviews.bookings.bookings import PhoneMissingError, SelfServiceClosedError
from interviews.forms.bookings import CancelBookingForm, ChooseSlotForm
from interviews.matching import suitable_times
from interviews.models import Booking, BookingStatus, Volunteer, VolunteerState
from interviews.views.blueprint import bp
from interviews.views.bookings.lookups import get_chosen_slot
from interviews.views.lookups import own_booking_or_404, own_volunteer_or_404
from interviews.views.matching.times_to_choose import (
    build_time_choices,
    get_requested_interviewer_id,
    get_requested_zone,
)
from interviews.volunteers import needs
from interviews.wordings.slot_descriptions import format_slot_time, get_volunteer_zone

NOT_CHANGEABLE_MESSAGE = "You cannot change this interview because it has started, is over or was cancelled."
CHOOSE_ANOTHER_MESSAGE = "You can choose another time."
BOOKINGS_CLOSED_MESSAGE = "Bookings are closed. Thank you for offering to talk to us."


@bp.route("/my/offers/<uuid:volunteer_id>/book", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def book_slot(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = own_volunteer_or_404(volunteer_id)
    if message := _get_booking_refusal(volunteer):
        flash(message)
        return redirect(url_for("interviews.show_my_page"))
    form = ChooseSlotForm()
    if form.validate_on_submit():
        with committing(at=_get_error_fields(form)) as saved:
            _save_zone_and_phone(form, volunteer)
            booking = suitable_times.book_fairest(
                volunteer, get_chosen_slot(form, volunteer), interviewer_id=get_requested_interviewer_id()
            )
        if saved:
            message = (
                f"Your interview is booked for {_format_when(booking)}.{_format_email_note(volunteer, 'an invitation')}"
            )
            flash(message, "success")
            return redirect(url_for("interviews.show_my_page"))
    return render_template(
        "interviews/bookings/book_slot.html", form=form, volunteer=volunteer, **build_time_choices(volunteer)
    )


@bp.route("/my/bookings/<uuid:booking_id>/move", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def move_booking(booking_id: UUID) -> ResponseReturnValue:
    booking = own_booking_or_404(booking_id)
    if refusal := _redirect_unless_changeable(booking):
        return refusal
    form, volunteer = ChooseSlotForm(), booking.volunteer
    if form.validate_on_submit():
        with committing(at=_get_error_fields(form)) as saved:
            _save_zone_and_phone(form, volunteer)
            suitable_times.move_to_time(
                booking, get_chosen_slot(form, volunteer), interviewer_id=get_requested_interviewer_id()
            )
        if saved:
            message = (
                f"Your interview has moved to {_format_when(booking)}.{_format_email_note(volunteer, 'the change')}"
            )
            flash(message, "success")
            return redirect(url_for("interviews.show_my_page"))
    return render_template(
        "interviews/bookings/move_booking.html",
        form=form,
        booking=booking,
        volunteer=volunteer,
        **build_time_choices(volunteer, booking),
    )


@bp.route("/my/bookings/<uuid:booking_id>/cancel", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def cancel_booking(booking_id: UUID) -> ResponseReturnValue:
    booking = own_booking_or_404(booking_id)
    if refusal := _redirect_unless_changeable(booking):
        return refusal
    form, is_closed = CancelBookingForm(), bookings.is_closed_for(booking.volunteer)
    if form.validate_on_submit():
        message = f"Your interview is cancelled. {BOOKINGS_CLOSED_MESSAGE if is_closed else CHOOSE_ANOTHER_MESSAGE}"
        with committing(message, at=form.reason) as saved:
            bookings.cancel(booking, reason=form.reason.data)
        if saved:
            return redirect(url_for("interviews.show_my_page"))
    return render_template("interviews/bookings/cancel_booking.html", form=form, booking=booking, is_closed=is_closed)


def _get_booking_refusal(volunteer: Volunteer) -> str:
    if volunteer.state is not VolunteerState.ACCEPTED or bookings.find_active_booking(volunteer):
        return "You have already booked a time, or we have not accepted you yet."
    return "Your interview has taken place. Thank you." if bookings.find_completed_interview(volunteer) else ""


def _redirect_unless_changeable(booking: Booking) -> ResponseReturnValue | None:
    if booking.status is not BookingStatus.BOOKED or booking.is_group or bookings.has_begun(booking):
        flash(NOT_CHANGEABLE_MESSAGE)
        return redirect(url_for("interviews.show_my_page"))
    if reason := bookings.self_service_refusal(booking):
        return _redirect_to_message(booking, reason)
    return None


def _redirect_to_message(booking: Booking, reason: SelfServiceClosedError) -> ResponseReturnValue:
    flash(str(reason))
    return redirect(url_for("interviews.write_message", volunteer_id=booking.volunteer_id, about=booking.id))


def _save_zone_and_phone(form: ChooseSlotForm, volunteer: Volunteer) -> None:
    needs.choose_zone(volunteer, get_requested_zone(volunteer))
    contact = volunteer.participant.contact
    if contact is not None and not contact.phone and form.phone.data:
        contact.phone = form.phone.data


def _format_when(booking: Booking) -> str:
    return format_slot_time(booking.slot, get_volunteer_zone(booking.volunteer))


def _format_email_note(volunteer: Volunteer, content: str) -> str:
    contact = volunteer.participant.contact
    return f" We have emailed you {content}." if contact and contact.email else ""


def _get_error_fields(form: ChooseSlotForm) -> dict[type[RuleError], Field]:
    return {PhoneMissingError: form.phone, RuleError: form.slot}


@bp.route("/link/<token>/bookings/<uuid:booking_id>/<any(move, cancel):action>", methods=["GET", "POST"])
@public
def open_booking_link(token: str, booking_id: UUID, action: str) -> ResponseReturnValue:
    try:
        link = get_valid_link(token, LinkPurpose.OWN_PAGE)
    except LinkNotValidError as error:
        flash(str(error))
        return redirect(url_for("evidence.request_link"))
    if question := ask_before_opening(link):
        return question
    begin_session_by_mail(link)
    return redirect(url_for(f"interviews.{action}_booking", booking_id=booking_id))
