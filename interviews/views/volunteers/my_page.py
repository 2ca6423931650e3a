"""“Your page”: a participant's evidence, offer, interview, needs and consent."""

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core import exits
from core.database import db
from core.exits import ExitAudience, ExitUse
from core.transactions import committing
from evidence import own_consent
from evidence.contributions import list_participant_contributions
from evidence.models import Call, Contribution, ContributionState, Mode
from evidence.own_consent import OwnConsent
from interviews.availability.time_zones import list_zone_choices
from interviews.bookings import bookings
from interviews.forms.volunteer_needs import NeedsForm
from interviews.models import Booking, Volunteer
from interviews.views.blueprint import bp
from interviews.views.lookups import own_participant_or_404, own_volunteer_or_404
from interviews.volunteers import needs, volunteers

STAFF_NOTIFIED_MESSAGE = " We have told the people who run the interviews. They may contact you."


@dataclass(frozen=True, slots=True)
class OwnCall:
    call: Call
    written_contributions: list[Contribution]
    volunteer: Volunteer | None
    booking: Booking | None
    is_self_service_open: bool  # the person may move and cancel the booking themselves
    is_completed: bool  # staff have recorded that the interview took place
    consent: OwnConsent
    hiding: str  # what happens to what is hidden


@bp.get("/my")
@requires(Permission.MANAGE_OWN_BOOKING)
def show_my_page() -> ResponseReturnValue:
    participant = own_participant_or_404()
    return render_template(
        "interviews/volunteers/show_my_page.html", participant=participant, own_calls=_list_own_calls(participant.id)
    )


@bp.route("/my/offers/<uuid:volunteer_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
def withdraw_sign_up(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = own_volunteer_or_404(volunteer_id)
    if request.method == "GET":
        return render_template("interviews/volunteers/withdraw_sign_up.html", volunteer=volunteer)
    with committing("You have withdrawn your offer."):
        volunteers.withdraw(volunteer)
    return redirect(url_for("interviews.show_my_page"))


@bp.post("/my/offers/<uuid:volunteer_id>/again")
@requires(Permission.MANAGE_OWN_BOOKING)
def renew_sign_up(volunteer_id: UUID) -> ResponseReturnValue:
    volunteers.renew_sign_up(own_volunteer_or_404(volunteer_id))
    db.session.commit()
    flash("Thank you. We will read your offer again and email you our decision.", "success")
    return redirect(url_for("interviews.show_my_page"))


@bp.route("/my/offers/<uuid:volunteer_id>/needs", methods=["GET", "POST"])
@requires(Permission.MANAGE_OWN_BOOKING)
@exits.returns("their needs", ExitUse.OWN_COPY, to=ExitAudience.PERSON)
def change_needs(volunteer_id: UUID) -> ResponseReturnValue:
    volunteer = own_volunteer_or_404(volunteer_id)
    form = NeedsForm(volunteer)
    if form.validate_on_submit():
        with committing(at=form.access_needs) as saved:
            is_staff_notified = needs.change_needs(volunteer, form.build_needs())
        if saved:
            flash(f"Changes saved.{STAFF_NOTIFIED_MESSAGE if is_staff_notified else ''}", "success")
            return redirect(url_for("interviews.show_my_page"))
    return render_template(
        "interviews/volunteers/change_needs.html",
        form=form,
        volunteer=volunteer,
        call=volunteer.call,
        booking=bookings.find_active_booking(volunteer),
        zone_groups=list_zone_choices(),
    )


def _list_own_calls(participant_id: UUID) -> list[OwnCall]:
    contributions = list_participant_contributions(participant_id)
    sign_ups = {volunteer.call_id: volunteer for volunteer in volunteers.list_sign_ups(participant_id)}
    calls = list(dict.fromkeys(contribution.call for contribution in contributions))
    return [_build_own_call(call, contributions, sign_ups.get(call.id)) for call in calls]


def _build_own_call(call: Call, contributions: list[Contribution], volunteer: Volunteer | None) -> OwnCall:
    own = [c for c in contributions if c.call_id == call.id and c.state is not ContributionState.WITHDRAWN]
    modes = {c.mode for c in own} or {Mode.WRITTEN}
    given = own_consent.build_own_consent(contributions[0].participant_id, call, modes)
    booking = bookings.find_active_booking(volunteer) if volunteer else None
    return OwnCall(
        call=call,
        written_contributions=[c for c in own if c.mode is Mode.WRITTEN],
        volunteer=volunteer,
        booking=booking,
        is_self_service_open=booking is not None and bookings.self_service_refusal(booking) is None,
        is_completed=volunteer is not None and bookings.find_completed_interview(volunteer) is not None,
        consent=given,
        hiding=own_consent.describe_hidden_words(given.erase_on, given.erased_on) if given.is_hidden else "",
    )
