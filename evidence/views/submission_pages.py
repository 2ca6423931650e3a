"""Check, send and read a written contribution, and get a copy by email."""

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import has_opened_mailed_link, requires
from accounts.roles import Permission
from core import exits
from core.exits import ExitAudience, ExitUse
from core.public_mail import require_mail_allowed
from core.transactions import committing
from evidence import calls, consent, written_contributions
from evidence.call_rows import read_published_page
from evidence.calls import get_schedule
from evidence.case_profile import get_case_profile, list_background_questions
from evidence.email_changes import confirm_email
from evidence.forms import ButtonForm
from evidence.labels import FINDING_LABELS, RESPONDENT_TYPE_LABELS
from evidence.models import Contribution, ContributionState, Mode
from evidence.participants import is_email_confirmed
from evidence.views.blueprint import bp
from evidence.views.lookups import open_written_or_redirect, own_written_or_redirect
from evidence.written_contributions import FormPage, MissingItem


@bp.route("/my/<slug>/written/check", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
@exits.returns("their written answers", ExitUse.OWN_COPY, to=ExitAudience.PERSON)
def check_written(slug: str) -> ResponseReturnValue:
    contribution = open_written_or_redirect(slug)
    form = ButtonForm()
    missing: list[MissingItem] = []
    if form.validate_on_submit():
        missing = written_contributions.list_missing_items(contribution)
        if not missing:
            with committing() as saved:
                if has_opened_mailed_link(contribution.participant_id):
                    confirm_email(contribution.participant)
                written_contributions.submit_written(contribution)
            if saved:
                return redirect(url_for("evidence.show_written_sent", slug=slug))
    return render_template(
        "evidence/check_written.html",
        form=form,
        missing=[(item.message, _build_missing_item_url(item, slug)) for item in missing],
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
@exits.returns("their written answers", ExitUse.OWN_COPY, to=ExitAudience.PERSON)
def read_written(slug: str) -> ResponseReturnValue:
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
        with committing(f"We have emailed a copy to {email}."):
            written_contributions.mail_copy(contribution)
            require_mail_allowed(email)
    return redirect(url_for("evidence.read_written", slug=slug))


def _build_page_context(contribution: Contribution) -> dict[str, Any]:
    call, participant, profile = contribution.call, contribution.participant, get_case_profile(contribution)
    return {
        "contribution": contribution,
        "call": call,
        "closing_words": read_published_page(call).closing_words,
        "email": written_contributions.get_participant_email(participant),
        "is_waiting": contribution.state is ContributionState.WAITING,
        "can_mail_copy": contribution.state is ContributionState.SUBMITTED and is_email_confirmed(participant),
        "schedule": get_schedule(contribution.schedule_version),
        "texts": written_contributions.get_answer_texts(contribution),
        "terms": consent.list_terms_to_ask(call, {Mode.WRITTEN}),
        "decisions": consent.get_decisions_on_current_wording(participant.id, call.id),
        "respondent_type": RESPONDENT_TYPE_LABELS[profile.respondent_type] if profile.respondent_type else "",
        "finding": FINDING_LABELS[profile.finding] if profile.finding else "",
        "background_questions": list_background_questions(call),
        "area_types": profile.area_types,
        "aims": [aim.text for aim in call.aims if aim.key in profile.aim_keys],
    }


def _build_missing_item_url(item: MissingItem, slug: str) -> str:
    endpoints = {FormPage.CASE_STUDY: "evidence.edit_case_profile", FormPage.CONSENT: "evidence.give_consent"}
    endpoint = endpoints.get(item.page, "evidence.answer_section")
    return url_for(endpoint, slug=slug, key=item.section_key or None, back="check", _anchor=item.field_name)
