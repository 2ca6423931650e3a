"""A participant's own page: what they gave, their offer, their interview, and what they allow."""

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from evidence import consent
from evidence.contributions import contributions_of
from evidence.models import Call, ConsentDecision, ConsentTerm, Contribution, ContributionState, Mode
from interviews import bookings, volunteers
from interviews.blueprint import bp
from interviews.forms.fields import refuse
from interviews.forms.needs import NeedsForm
from interviews.messages import TooManyMessagesError
from interviews.models import Booking, Volunteer
from interviews.offering import needs
from interviews.offering.zones import zone_choices
from interviews.views.own import own_offer, own_participant
from interviews.volunteers import StillBookedError

TOLD = " We have told the people who run the interviews, who may write to you."


@dataclass(frozen=True, slots=True)
class OwnCall:
    """What one person has to do with one call."""

    call: Call
    written: list[Contribution]
    offer: Volunteer | None
    booking: Booking | None
    is_changed_alone: bool  # the person moves and cancels the booking without asking staff
    is_held: bool  # staff have noted that the interview took place
    terms: list[ConsentTerm]
    decisions: dict[str, ConsentDecision]


@bp.get("/my")
@requires(Permission.MANAGE_OWN_BOOKING)
def my_page() -> ResponseReturnValue:
    participant = own_participant()
    return render_template("interviews/my_page.html", participant=participant, own_calls=_own_calls(participant.id))


@bp.route("/my/offers/<uuid:volunteer_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def withdraw_offer(volunteer_id: UUID) -> ResponseReturnValue:
    offer = own_offer(volunteer_id)
    if request.method == "GET":
        return render_template("interviews/withdraw_offer.html", offer=offer)
    try:
        volunteers.withdraw(offer)
        db.session.commit()
        flash("Your offer is withdrawn.", "success")
    except StillBookedError as error:
        flash(str(error))
    return redirect(url_for("interviews.my_page"))


@bp.post("/my/offers/<uuid:volunteer_id>/again")
@requires(Permission.MANAGE_OWN_BOOKING)
def offer_again(volunteer_id: UUID) -> ResponseReturnValue:
    volunteers.offer_again(own_offer(volunteer_id))
    db.session.commit()
    flash("Thank you. We will read your offer again and write to you.", "success")
    return redirect(url_for("interviews.my_page"))


@bp.route("/my/offers/<uuid:volunteer_id>/needs", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def change_needs(volunteer_id: UUID) -> ResponseReturnValue:
    offer = own_offer(volunteer_id)
    form = NeedsForm(offer)
    if form.validate_on_submit():
        try:
            staff_are_told = needs.change(offer, form.needs())
            db.session.commit()
            flash(f"This is saved.{TOLD if staff_are_told else ''}", "success")
            return redirect(url_for("interviews.my_page"))
        except TooManyMessagesError as error:
            refuse(form.access_needs, error)
    return render_template(
        "interviews/change_needs.html",
        form=form,
        offer=offer,
        call=offer.call,
        booking=bookings.active_booking(offer),
        zone_groups=zone_choices(),
    )


def _own_calls(participant_id: UUID) -> list[OwnCall]:
    """Every call that the person has to do with, in the order in which they came to it."""
    given = contributions_of(participant_id)
    offers = {offer.call_id: offer for offer in volunteers.offers_of(participant_id)}
    calls = list(dict.fromkeys(contribution.call for contribution in given))
    return [_own_call(call, given, offers.get(call.id)) for call in calls]


def _own_call(call: Call, given: list[Contribution], offer: Volunteer | None) -> OwnCall:
    own = [c for c in given if c.call_id == call.id and c.state is not ContributionState.WITHDRAWN]
    decided = consent.decisions_now(given[0].participant_id, call.id)
    booking = bookings.active_booking(offer) if offer else None
    return OwnCall(
        call=call,
        written=[c for c in own if c.mode is Mode.WRITTEN],
        offer=offer,
        booking=booking,
        is_changed_alone=booking is not None and bookings.why_not_alone(booking) is None,
        is_held=offer is not None and bookings.held_interview(offer) is not None,
        terms=consent.terms_for(call, {c.mode for c in own} or {Mode.WRITTEN}),
        decisions={use.value: decision for use, decision in decided.items()},
    )
