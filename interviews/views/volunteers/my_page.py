"""A participant's own page: what they gave, their offer, their interview, and what they allow."""

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from core.form_fields import add_field_error
from evidence import consent
from evidence.contributions import list_participant_contributions
from evidence.models import Call, ConsentDecision, ConsentTerm, Contribution, ContributionState, Mode
from interviews.availability.time_zones import list_zone_choices
from interviews.bookings import bookings
from interviews.forms.volunteer_needs import NeedsForm
from interviews.inbox.messages import TooManyMessagesError
from interviews.models import Booking, Volunteer
from interviews.views.blueprint import bp
from interviews.views.lookups import own_participant_or_404, own_volunteer_or_404
from interviews.volunteers import needs, volunteers
from interviews.volunteers.volunteers import InterviewStillBookedError

STAFF_NOTIFIED_MESSAGE = " We have told the people who run the interviews, who may write to you."


@dataclass(frozen=True, slots=True)
class OwnCall:
    """What one person has to do with one call."""

    call: Call
    written_contributions: list[Contribution]
    offer: Volunteer | None
    booking: Booking | None
    is_self_service_open: bool  # the person moves and cancels the booking without asking staff
    is_completed: bool  # staff have noted that the interview took place
    terms: list[ConsentTerm]
    decisions: dict[str, ConsentDecision]


@bp.get("/my")
@requires(Permission.MANAGE_OWN_BOOKING)
def show_my_page() -> ResponseReturnValue:
    participant = own_participant_or_404()
    return render_template(
        "interviews/volunteers/my_page.html", participant=participant, own_calls=_list_own_calls(participant.id)
    )


@bp.route("/my/offers/<uuid:volunteer_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def withdraw_sign_up(volunteer_id: UUID) -> ResponseReturnValue:
    offer = own_volunteer_or_404(volunteer_id)
    if request.method == "GET":
        return render_template("interviews/volunteers/withdraw_offer.html", offer=offer)
    try:
        volunteers.withdraw(offer)
        db.session.commit()
        flash("Your offer is withdrawn.", "success")
    except InterviewStillBookedError as error:
        flash(str(error))
    return redirect(url_for("interviews.show_my_page"))


@bp.post("/my/offers/<uuid:volunteer_id>/again")
@requires(Permission.MANAGE_OWN_BOOKING)
def renew_sign_up(volunteer_id: UUID) -> ResponseReturnValue:
    volunteers.renew_sign_up(own_volunteer_or_404(volunteer_id))
    db.session.commit()
    flash("Thank you. We will read your offer again and write to you.", "success")
    return redirect(url_for("interviews.show_my_page"))


@bp.route("/my/offers/<uuid:volunteer_id>/needs", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def change_needs(volunteer_id: UUID) -> ResponseReturnValue:
    offer = own_volunteer_or_404(volunteer_id)
    form = NeedsForm(offer)
    if form.validate_on_submit():
        try:
            staff_are_told = needs.change_needs(offer, form.build_needs())
            db.session.commit()
            flash(f"This is saved.{STAFF_NOTIFIED_MESSAGE if staff_are_told else ''}", "success")
            return redirect(url_for("interviews.show_my_page"))
        except TooManyMessagesError as error:
            add_field_error(form.access_needs, error)
    return render_template(
        "interviews/volunteers/change_needs.html",
        form=form,
        offer=offer,
        call=offer.call,
        booking=bookings.find_active_booking(offer),
        zone_groups=list_zone_choices(),
    )


def _list_own_calls(participant_id: UUID) -> list[OwnCall]:
    """Every call that the person has to do with, in the order in which they came to it."""
    given = list_participant_contributions(participant_id)
    offers = {offer.call_id: offer for offer in volunteers.list_sign_ups(participant_id)}
    calls = list(dict.fromkeys(contribution.call for contribution in given))
    return [_build_own_call(call, given, offers.get(call.id)) for call in calls]


def _build_own_call(call: Call, contributions: list[Contribution], offer: Volunteer | None) -> OwnCall:
    own = [c for c in contributions if c.call_id == call.id and c.state is not ContributionState.WITHDRAWN]
    decided = consent.get_current_decisions(contributions[0].participant_id, call.id)
    booking = bookings.find_active_booking(offer) if offer else None
    return OwnCall(
        call=call,
        written_contributions=[c for c in own if c.mode is Mode.WRITTEN],
        offer=offer,
        booking=booking,
        is_self_service_open=booking is not None and bookings.self_service_refusal(booking) is None,
        is_completed=offer is not None and bookings.find_completed_interview(offer) is not None,
        terms=consent.list_terms_to_ask(call, {c.mode for c in own} or {Mode.WRITTEN}),
        decisions={use.value: decision for use, decision in decided.items()},
    )
