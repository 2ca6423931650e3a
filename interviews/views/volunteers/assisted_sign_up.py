"""Coordinators add people who offer by post or telephone, keep how they are reached, and book times for anybody."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from core.form_fields import add_field_error
from evidence.forms import list_consent_field_names
from evidence.participants import TooManyLinksError
from interviews.availability.time_zones import list_zone_choices
from interviews.bookings import bookings
from interviews.forms.bookings import ChooseTimeForm
from interviews.forms.volunteers import AssistedSignUpFields, ContactDetailsForm, build_sign_up_form, parse_sign_up
from interviews.models import Volunteer, VolunteerState
from interviews.views.blueprint import bp
from interviews.views.bookings.lookups import format_notified_message, get_chosen_slot
from interviews.views.lookups import interview_call_or_404
from interviews.views.matching.staff_times import list_staff_times
from interviews.volunteers import assisted_sign_up
from interviews.volunteers.assisted_sign_up import AlreadySignedUpError, EmailNotRemovableError
from interviews.wordings.slot_descriptions import format_slot_time


@bp.route("/staff/calls/<slug>/volunteers/add", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def add_volunteer(slug: str) -> ResponseReturnValue:
    call = interview_call_or_404(slug)
    form = build_sign_up_form(call, AssistedSignUpFields)
    if form.validate_on_submit():
        try:
            added = assisted_sign_up.add_volunteer(
                call, parse_sign_up(form), postal_address=form.postal_address.data, by=current_person_or_403().id
            )
            db.session.commit()
            flash(f"{added.participant.reference} is added and accepted. You can book a time for them now.", "success")
            return redirect(url_for("interviews.book_for_volunteer", volunteer_id=added.id))
        except AlreadySignedUpError as error:
            add_field_error(form.email, error)
        except RuleError as error:
            add_field_error(form.postal_address, error)
    return render_template(
        "interviews/volunteers/add_volunteer.html",
        form=form,
        call=call,
        consent_names=list_consent_field_names(form),
        zone_groups=list_zone_choices(),
    )


@bp.route("/staff/volunteers/<uuid:volunteer_id>/reach", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def change_contact_details(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = db.get_or_404(Volunteer, volunteer_id)
    form = ContactDetailsForm(obj=volunteer.participant.contact)
    if form.validate_on_submit():
        try:
            assisted_sign_up.change_contact_details(volunteer, form.build_contact_details())
            db.session.commit()
            flash("How this person is reached is changed.", "success")
            return redirect(url_for("interviews.show_volunteer", volunteer_id=volunteer_id))
        except (EmailNotRemovableError, TooManyLinksError) as error:
            add_field_error(form.email, error)
        except RuleError as error:
            add_field_error(form.postal_address, error)
    return render_template("interviews/volunteers/change_reach.html", form=form, volunteer=volunteer)


@bp.route("/staff/volunteers/<uuid:volunteer_id>/book", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def book_for_volunteer(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = db.get_or_404(Volunteer, volunteer_id)
    if volunteer.state is not VolunteerState.ACCEPTED or bookings.find_active_booking(volunteer):
        flash("This person has a time already, or is not accepted.")
        return redirect(url_for("interviews.show_volunteer", volunteer_id=volunteer_id))
    form = ChooseTimeForm()
    if form.validate_on_submit():
        try:
            booking = bookings.book(get_chosen_slot(form, volunteer), volunteer, booked_by=current_person_or_403().id)
            db.session.commit()
            flash(
                f"The interview is booked: {format_slot_time(booking.slot)}. {format_notified_message(booking)}",
                "success",
            )
            return redirect(url_for("interviews.show_interview", booking_id=booking.id))
        except RuleError as error:
            add_field_error(form.slot, error)
    return render_template(
        "interviews/bookings/book_for.html", form=form, volunteer=volunteer, **list_staff_times(volunteer)
    )
