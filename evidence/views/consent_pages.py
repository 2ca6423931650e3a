"""A person's permissions, one use at a time: as part of the written form, and at any later time."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, public, requires
from accounts.links import LinkNotValidError, consume_link
from accounts.models import LinkPurpose, StaffMember
from accounts.roles import Permission
from core import clock
from core.database import db
from core.transactions import committing
from evidence import consent, consent_proposals
from evidence.consent_changes import calculate_erasure_day
from evidence.contributions import list_participant_contributions
from evidence.forms import (
    build_consent_form_class,
    decisions_to_form_data,
    list_consent_field_names,
    read_decisions,
)
from evidence.models import Call, Mode, Participant
from evidence.own_consent import describe_hidden_words, describe_hiding
from evidence.views.blueprint import bp
from evidence.views.lookups import open_written_or_redirect, published_call_or_404
from evidence.views.writing_pages import redirect_after_saving


@bp.route("/my/<slug>/written/consent", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def give_consent(slug: str) -> ResponseReturnValue:
    contribution = open_written_or_redirect(slug)
    form = _build_consent_form(contribution.participant, contribution.call, {Mode.WRITTEN}, is_required=False)
    if form.validate_on_submit():
        with committing():
            consent.record_decisions(contribution.participant, contribution.call, read_decisions(form), noted_by=None)
        return redirect_after_saving(contribution, "evidence.give_consent")
    return render_template(
        "evidence/give_consent.html", form=form, call=contribution.call, names=list_consent_field_names(form)
    )


@bp.route("/my/<slug>/consent", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def change_consent(slug: str) -> ResponseReturnValue:
    """Also after the call has closed."""
    call = published_call_or_404(slug)
    participant = db.session.get_one(Participant, current_person_or_403().id)
    modes = {
        contribution.mode
        for contribution in list_participant_contributions(participant.id)
        if contribution.call_id == call.id
    }
    if not modes:
        abort(404)
    form = _build_consent_form(participant, call, modes, is_required=True)
    if form.validate_on_submit():
        with committing("Your permissions have been saved.") as saved:
            consent.record_decisions(participant, call, read_decisions(form), noted_by=None)
        if saved and (notice := describe_hiding(participant.id, call)):
            flash(notice)
        return redirect(url_for("interviews.show_my_page"))
    return render_template(
        "evidence/change_consent.html",
        form=form,
        call=call,
        names=list_consent_field_names(form),
        decided=consent.get_current_decisions(participant.id, call.id),
        hiding_now=describe_hiding(participant.id, call) if Mode.INTERVIEW in modes else "",
        hiding=describe_hidden_words(calculate_erasure_day(call, clock.now())) if Mode.INTERVIEW in modes else "",
    )


@bp.route("/consent/<token>", methods=["GET", "POST"])
@public
def confirm_consent(token: str) -> ResponseReturnValue:
    """The person confirms what staff noted over their own no. Opening the link changes nothing."""
    try:
        proposal = consent_proposals.get_proposal_by_token(token)
    except LinkNotValidError as error:
        return render_template("evidence/confirm_consent.html", message=str(error)), 404
    terms = [term for term in proposal.call.consent_terms if term.use.value in proposal.uses]
    form = build_consent_form_class(terms)()
    if form.validate_on_submit():
        with committing():
            consume_link(token, LinkPurpose.CONSENT_PROPOSAL)
            consent.answer_proposal(proposal, read_decisions(form))
        return redirect(url_for("evidence.show_consent_confirmed"))
    return render_template(
        "evidence/confirm_consent.html",
        form=form,
        names=list_consent_field_names(form),
        proposal=proposal,
        staff=db.session.get(StaffMember, proposal.noted_by),
    )


@bp.get("/consent-confirmed")
@public
def show_consent_confirmed() -> ResponseReturnValue:
    return render_template("evidence/show_consent_confirmed.html")


def _build_consent_form(participant: Participant, call: Call, modes: set[Mode], *, is_required: bool) -> Any:
    decisions = consent.get_decisions_on_current_wording(participant.id, call.id)
    return build_consent_form_class(consent.list_terms_to_ask(call, modes), is_required=is_required)(
        data=decisions_to_form_data(decisions)
    )
