"""Coordinators add people who offer by post or phone, change contact details, and book times for volunteers."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import exits
from core.database import db
from core.errors import RuleError
from core.exits import ExitUse
from core.public_mail import TooManyMailsError
from core.transactions import committing
from evidence.email_changes import EmailChange
from evidence.forms import list_consent_field_names
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
        with committing(at={AlreadySignedUpError: form.email, RuleError: form.postal_address}) as saved:
            volunteer = assisted_sign_up.add_volunteer(
                call, parse_sign_up(form), postal_address=form.postal_address.data, by=current_person_or_403().id
            )
        if saved:
            flash(f"{volunteer.participant.reference} added and accepted. You can now book a time for them.", "success")
            return redirect(url_for("interviews.book_for_volunteer", volunteer_id=volunteer.id))
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
        fields = {EmailNotRemovableError: form.email, TooManyMailsError: form.email, RuleError: form.postal_address}
        with committing("Contact details saved.", at=fields) as saved:
            change = assisted_sign_up.change_contact_details(volunteer, form.build_contact_details())
        if saved:
            if change is EmailChange.WAITING:
                flash(f"We will write to {form.email.data} once the person has confirmed it by the link we sent there.")
            return redirect(url_for("interviews.show_volunteer", volunteer_id=volunteer_id))
    return render_template("interviews/volunteers/change_contact_details.html", form=form, volunteer=volunteer)


@bp.route("/staff/volunteers/<uuid:volunteer_id>/book", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
@exits.returns("what they need and how they described themselves", ExitUse.ARRANGING)
def book_for_volunteer(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = db.get_or_404(Volunteer, volunteer_id)
    if volunteer.state is not VolunteerState.ACCEPTED or bookings.find_active_booking(volunteer):
        flash("This person already has an interview, or has not been accepted.")
        return redirect(url_for("interviews.show_volunteer", volunteer_id=volunteer_id))
    form = ChooseTimeForm()
    if form.validate_on_submit():
        with committing(at=form.slot) as saved:
            booking = bookings.book(get_chosen_slot(form, volunteer), volunteer, booked_by=current_person_or_403().id)
        if saved:
            flash(
                f"Interview booked for {format_slot_time(booking.slot)}. {format_notified_message(booking)}", "success"
            )
            return redirect(url_for("interviews.show_interview", booking_id=booking.id))
    return render_template(
        "interviews/bookings/book_for_volunteer.html", form=form, volunteer=volunteer, **list_staff_times(volunteer)
    )
