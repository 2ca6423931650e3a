"""Check, send and read what one wrote, and have a copy mailed."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from evidence import calls, consent, written_contributions
from evidence.calls import get_schedule
from evidence.forms import FINDING_LABELS, RESPONDENT_TYPE_LABELS, ButtonForm
from evidence.models import Contribution, ContributionState, Mode
from evidence.participants import TooManyLinksError, require_below_link_limit
from evidence.views.blueprint import bp
from evidence.views.lookups import open_written_or_redirect, own_written_or_redirect
from evidence.written_contributions import FormPage, MissingItem


@bp.route("/my/<slug>/written/check", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def check_written(slug: str) -> ResponseReturnValue:
    contribution = open_written_or_redirect(slug)
    form = ButtonForm()
    gaps: list[MissingItem] = []
    if form.validate_on_submit():
        gaps = written_contributions.list_missing_items(contribution)
        if not gaps:
            written_contributions.submit_written(contribution)
            db.session.commit()
            return redirect(url_for("evidence.show_written_sent", slug=slug))
    return render_template(
        "evidence/check_written.html",
        form=form,
        gaps=[(gap.message, _build_missing_item_url(gap, slug)) for gap in gaps],
        **_build_page_context(contribution),
    )


@bp.get("/my/<slug>/written/sent")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def show_written_sent(slug: str) -> ResponseReturnValue:
    contribution = own_written_or_redirect(slug)
    if contribution.state is ContributionState.DRAFT:
        return redirect(url_for("evidence.show_written_tasks", slug=slug))
    return render_template("evidence/show_written_sent.html", **_build_page_context(contribution))


@bp.get("/my/<slug>/written/read")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def read_written(slug: str) -> ResponseReturnValue:
    """The whole text, to read only; the page that remains after the call has closed."""
    contribution = own_written_or_redirect(slug)
    return render_template(
        "evidence/read_written.html", is_open=calls.is_open(contribution.call), **_build_page_context(contribution)
    )


@bp.post("/my/<slug>/written/copy")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def request_copy(slug: str) -> ResponseReturnValue:
    contribution = own_written_or_redirect(slug)
    email = written_contributions.get_participant_email(contribution.participant)
    if ButtonForm().validate_on_submit() and email:
        try:
            require_below_link_limit(email)
            written_contributions.mail_copy(contribution)
            db.session.commit()
            flash(f"A copy is on its way to {email}.", "success")
        except TooManyLinksError as error:
            flash(str(error))
    return redirect(url_for("evidence.read_written", slug=slug))


def _build_page_context(contribution: Contribution) -> dict[str, Any]:
    """What the pages show that show all of it."""
    call, participant = contribution.call, contribution.participant
    return {
        "contribution": contribution,
        "call": call,
        "email": written_contributions.get_participant_email(participant),
        "schedule": get_schedule(contribution.schedule_version),
        "texts": written_contributions.get_answer_texts(contribution),
        "terms": consent.list_terms_to_ask(call, {Mode.WRITTEN}),
        "decisions": consent.get_decisions_on_current_wording(participant.id, call.id),
        "given_as": RESPONDENT_TYPE_LABELS.get(contribution.respondent_type) if contribution.respondent_type else "",
        "shows": FINDING_LABELS.get(contribution.finding) if contribution.finding else "",
        "places": [place for place in call.area_types if place in {row.area_type for row in contribution.area_types}],
        "aims": [aim.text for aim in call.aims if aim.key in {row.aim_key for row in contribution.aims}],
    }


def _build_missing_item_url(item: MissingItem, slug: str) -> str:
    """The page, and on it the field, that mends it; from there back to the check."""
    endpoints = {FormPage.CASE_STUDY: "evidence.edit_case_profile", FormPage.CONSENT: "evidence.give_consent"}
    endpoint = endpoints.get(item.page, "evidence.answer_section")
    return url_for(endpoint, slug=slug, key=item.section_key or None, back="check", _anchor=item.field_name)
