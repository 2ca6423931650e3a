"""Coordinators add people who offer by post or telephone, keep how they are reached, and book times for anybody."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from evidence.calls import CallNotFoundError, published_call
from evidence.forms import consent_field_names
from evidence.models import Call, Mode
from evidence.participants import TooManyLinksError
from interviews import bookings
from interviews.blueprint import bp
from interviews.by_staff import staff_bookings
from interviews.by_staff.staff_bookings import AddressNeededError, OfferedBeforeError
from interviews.forms.fields import refuse
from interviews.forms.offers import offer_in, volunteer_form
from interviews.forms.staff import ChooseTimeForm, ReachForm, StaffOfferFields
from interviews.models import Volunteer, VolunteerState
from interviews.offering.zones import zone_choices
from interviews.views.choosing import chosen_slot
from interviews.views.found import told
from interviews.views.staff_choosing import times_for
from interviews.wording import when


@bp.route("/staff/calls/<slug>/volunteers/add", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def add_volunteer(slug: str) -> ResponseReturnValue:
    call = _call(slug)
    form = volunteer_form(call, StaffOfferFields)
    if form.validate_on_submit():
        try:
            added = staff_bookings.add_volunteer(
                call, offer_in(form), postal_address=form.postal_address.data, by=signed_in().id
            )
            db.session.commit()
            flash(f"{added.participant.reference} is added and accepted. You can book a time for them now.", "success")
            return redirect(url_for("interviews.book_for", volunteer_id=added.id))
        except OfferedBeforeError as error:
            refuse(form.email, error)
        except RuleError as error:
            refuse(form.postal_address, error)
    return render_template(
        "interviews/add_volunteer.html",
        form=form,
        call=call,
        consent_names=consent_field_names(form),
        zone_groups=zone_choices(),
    )


@bp.route("/staff/volunteers/<uuid:volunteer_id>/reach", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def change_reach(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = db.get_or_404(Volunteer, volunteer_id)
    form = ReachForm(obj=volunteer.participant.contact)
    if form.validate_on_submit():
        try:
            staff_bookings.change_reach(volunteer, form.reach())
            db.session.commit()
            flash("How this person is reached is changed.", "success")
            return redirect(url_for("interviews.show_volunteer", volunteer_id=volunteer_id))
        except (AddressNeededError, TooManyLinksError) as error:
            refuse(form.email, error)
        except RuleError as error:
            refuse(form.postal_address, error)
    return render_template("interviews/change_reach.html", form=form, volunteer=volunteer)


@bp.route("/staff/volunteers/<uuid:volunteer_id>/book", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def book_for(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = db.get_or_404(Volunteer, volunteer_id)
    if volunteer.state is not VolunteerState.ACCEPTED or bookings.active_booking(volunteer):
        flash("This person has a time already, or is not accepted.")
        return redirect(url_for("interviews.show_volunteer", volunteer_id=volunteer_id))
    form = ChooseTimeForm()
    if form.validate_on_submit():
        try:
            booking = bookings.book(chosen_slot(form, volunteer), volunteer, booked_by=signed_in().id)
            db.session.commit()
            flash(f"The interview is booked: {when(booking.slot)}. {told(booking)}", "success")
            return redirect(url_for("interviews.show_interview", booking_id=booking.id))
        except RuleError as error:
            refuse(form.slot, error)
    return render_template("interviews/book_for.html", form=form, volunteer=volunteer, **times_for(volunteer))


def _call(slug: str) -> Call:
    """A published call that holds interviews, or 404."""
    try:
        call = published_call(slug)
    except CallNotFoundError:
        abort(404)
    return call if Mode.INTERVIEW in call.ways else abort(404)
