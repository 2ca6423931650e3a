"""The written form: its task list, the case profile, one page for each section. Sending: submission_pages.py."""

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core import exits
from core.exits import ExitAudience, ExitUse
from core.form_fields import add_field_error
from core.transactions import committing
from evidence import written_contributions
from evidence.answers import get_newest_version_numbers
from evidence.calls import get_schedule, require_open
from evidence.case_profile import get_case_profile, list_background_questions, save_case_profile
from evidence.forms import CaseProfileFields, case_profile_to_form_data
from evidence.models import Contribution, ContributionState
from evidence.question_forms import (
    SectionForm,
    build_form_data,
    build_section_form_class,
    get_field_name,
)
from evidence.views.blueprint import bp
from evidence.views.lookups import open_written_or_redirect, own_written_or_redirect, section_or_404
from evidence.written_contributions import FormStatus, SaveOutcome

SAVE_FOR_LATER = "later"  # the second button of each page


@bp.get("/my/<slug>/written")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def show_written_tasks(slug: str) -> ResponseReturnValue:
    contribution = open_written_or_redirect(slug)
    texts = written_contributions.get_answer_texts(contribution)
    sections = get_schedule(contribution.schedule_version).sections
    return render_template(
        "evidence/show_written_tasks.html",
        contribution=contribution,
        call=contribution.call,
        email=written_contributions.get_participant_email(contribution.participant),
        FormStatus=FormStatus,
        asks_background=list_background_questions(contribution.call),
        case_profile=written_contributions.get_case_profile_progress(contribution),
        sections=[(section, written_contributions.get_section_progress(section, texts)) for section in sections],
        consent=written_contributions.get_consent_progress(contribution),
    )


@bp.route("/my/<slug>/written/case-study", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def edit_case_profile(slug: str) -> ResponseReturnValue:
    contribution = own_written_or_redirect(slug) if request.method == "POST" else open_written_or_redirect(slug)
    call = contribution.call
    form = CaseProfileFields(
        call=call, is_required=False, data=case_profile_to_form_data(get_case_profile(contribution))
    )
    if form.validate_on_submit():
        with committing(at=next(iter(form))) as saved:
            require_open(call)
            save_case_profile(contribution, form.read_case_profile())
        if saved:
            return redirect_after_saving(contribution, "evidence.edit_case_profile")
    return render_template("evidence/edit_case_profile.html", form=form, call=call, contribution=contribution)


@bp.route("/my/<slug>/written/sections/<key>", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
@exits.returns("their answers to a section", ExitUse.OWN_COPY, to=ExitAudience.PERSON)
def answer_section(slug: str, key: str) -> ResponseReturnValue:
    contribution = own_written_or_redirect(slug) if request.method == "POST" else open_written_or_redirect(slug)
    section = section_or_404(contribution, key)
    form = build_section_form_class(section)(
        data=build_form_data(
            section.questions,
            written_contributions.get_answer_texts(contribution),
            get_newest_version_numbers(contribution),
        )
    )
    if form.is_submitted() and _save_section(contribution, form):
        return redirect_after_saving(contribution, "evidence.answer_section", key)
    return render_template(
        "evidence/answer_section.html",
        form=form,
        call=contribution.call,
        section=section,
        sections=get_schedule(contribution.schedule_version).sections,
        field_name=get_field_name,
        contribution=contribution,
        is_draft=contribution.state is ContributionState.DRAFT,
    )


@bp.get("/my/<slug>/written/saved")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def show_saved_for_later(slug: str) -> ResponseReturnValue:
    contribution = open_written_or_redirect(slug)
    return render_template(
        "evidence/show_saved_for_later.html",
        contribution=contribution,
        call=contribution.call,
        email=written_contributions.get_participant_email(contribution.participant),
    )


def redirect_after_saving(contribution: Contribution, endpoint: str, key: str | None = None) -> ResponseReturnValue:
    slug = contribution.call.slug
    if request.form.get("then") == SAVE_FOR_LATER:
        return redirect(url_for("evidence.show_saved_for_later", slug=slug))
    if request.args.get("back") == "check":
        return redirect(url_for("evidence.check_written", slug=slug))
    pages = list_form_page_urls(contribution)
    return redirect(pages[pages.index(_build_page_url(slug, endpoint, key)) + 1])


def list_form_page_urls(contribution: Contribution) -> list[str]:
    slug = contribution.call.slug
    sections = get_schedule(contribution.schedule_version).sections
    asks_background = bool(list_background_questions(contribution.call))
    return [
        *([_build_page_url(slug, "evidence.edit_case_profile")] if asks_background else []),
        *(_build_page_url(slug, "evidence.answer_section", section.key) for section in sections),
        _build_page_url(slug, "evidence.give_consent"),
        _build_page_url(slug, "evidence.check_written"),
    ]


def _build_page_url(slug: str, endpoint: str, key: str | None = None) -> str:
    return url_for(endpoint, slug=slug, key=key)


def _save_section(contribution: Contribution, form: SectionForm) -> bool:
    is_valid = form.validate()
    outcomes: dict[str, SaveOutcome] = {}
    first_field = form[get_field_name(form.questions[0])]
    with committing(at=first_field) as saved:
        outcomes = written_contributions.save_answers(contribution, form.read_edits())
    if not saved:
        add_field_error(first_field, "Copy your text from here if you want to keep it.")
        return False
    if is_valid and SaveOutcome.CONFLICT not in outcomes.values():
        return True
    _show_newest_versions(contribution, form, outcomes)
    return False


def _show_newest_versions(contribution: Contribution, form: SectionForm, outcomes: Mapping[str, SaveOutcome]) -> None:
    texts = written_contributions.get_answer_texts(contribution)
    form.set_seen_versions(texts, get_newest_version_numbers(contribution))
    for question in form.questions:
        outcome = outcomes.get(question.key)
        if outcome is SaveOutcome.NEWER_ELSEWHERE:
            form.show_stored_answer(question, texts.get(question.key, ""))
        if outcome is SaveOutcome.CONFLICT:
            add_field_error(
                form[get_field_name(question)],
                "You also changed this answer in another window. Combine both versions into one answer, then save.",
            )
            form.conflicting_texts[question.key] = texts.get(question.key, "")
