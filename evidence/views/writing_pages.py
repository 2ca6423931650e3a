"""The written form: its task list, the case study's background, one page a section. Sending: sending.py."""

from collections.abc import Mapping

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from evidence import writing
from evidence.answers import newest_numbers
from evidence.background import background_of, note_background
from evidence.calls import CallNotOpenError, require_open, schedule_of
from evidence.fields import refuse
from evidence.forms import BackgroundFields, background_as_data
from evidence.models import Contribution
from evidence.question_forms import SectionForm, field_name, section_form, stored_data
from evidence.schedule import Section
from evidence.views.blueprint import bp
from evidence.views.finding import open_written, own_written
from evidence.writing import Outcome

LATER = "later"  # the second button of each page


@bp.get("/my/<slug>/written")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def written_tasks(slug: str) -> ResponseReturnValue:
    contribution = open_written(slug)
    texts = writing.texts_of(contribution)
    sections = schedule_of(contribution.schedule_version).sections
    return render_template(
        "evidence/written_tasks.html",
        contribution=contribution,
        call=contribution.call,
        email=writing.email_of(contribution.participant),
        background=writing.background_progress(contribution),
        sections=[(section, writing.section_progress(section, texts)) for section in sections],
        consent=writing.consent_progress(contribution),
    )


@bp.route("/my/<slug>/written/case-study", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def case_study(slug: str) -> ResponseReturnValue:
    contribution = own_written(slug) if request.method == "POST" else open_written(slug)
    call = contribution.call
    form = BackgroundFields(call=call, is_required=False, data=background_as_data(background_of(contribution)))
    if form.validate_on_submit():
        try:
            require_open(call)
            note_background(contribution, form.background())
            db.session.commit()
            return after_saving(contribution, "evidence.case_study")
        except CallNotOpenError as error:
            refuse(form, "given_as", str(error))
    return render_template("evidence/case_study.html", form=form, call=call)


@bp.route("/my/<slug>/written/sections/<key>", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def answer_section(slug: str, key: str) -> ResponseReturnValue:
    contribution = own_written(slug) if request.method == "POST" else open_written(slug)
    section = _section(contribution, key)
    form = section_form(section)(
        data=stored_data(section.questions, writing.texts_of(contribution), newest_numbers(contribution))
    )
    if form.is_submitted() and _save(contribution, form):
        return after_saving(contribution, "evidence.answer_section", key)
    return render_template(
        "evidence/answer_section.html",
        form=form,
        call=contribution.call,
        section=section,
        sections=schedule_of(contribution.schedule_version).sections,
        field_name=field_name,
    )


@bp.get("/my/<slug>/written/saved")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def saved_for_later(slug: str) -> ResponseReturnValue:
    contribution = open_written(slug)
    return render_template(
        "evidence/saved_for_later.html",
        contribution=contribution,
        call=contribution.call,
        email=writing.email_of(contribution.participant),
    )


def after_saving(contribution: Contribution, endpoint: str, key: str | None = None) -> ResponseReturnValue:
    """Where to go from a page of the form: away, back to the check, or on."""
    slug = contribution.call.slug
    if request.form.get("then") == LATER:
        return redirect(url_for("evidence.saved_for_later", slug=slug))
    if request.args.get("back") == "check":
        return redirect(url_for("evidence.check_written", slug=slug))
    pages = pages_of(contribution)
    return redirect(pages[pages.index(_page(slug, endpoint, key)) + 1])


def pages_of(contribution: Contribution) -> list[str]:
    """The addresses of the form's pages in their order."""
    slug = contribution.call.slug
    sections = schedule_of(contribution.schedule_version).sections
    return [
        _page(slug, "evidence.case_study"),
        *(_page(slug, "evidence.answer_section", section.key) for section in sections),
        _page(slug, "evidence.allow_uses"),
        _page(slug, "evidence.check_written"),
    ]


def _page(slug: str, endpoint: str, key: str | None = None) -> str:
    return url_for(endpoint, slug=slug, key=key)


def _section(contribution: Contribution, key: str) -> Section:
    try:
        return schedule_of(contribution.schedule_version).section(key)
    except KeyError:
        abort(404)


def _save(contribution: Contribution, form: SectionForm) -> bool:
    """Store what can be stored; False when the page has to be shown again, with all that was typed."""
    is_valid = form.validate()
    try:
        outcomes = writing.save_answers(contribution, form.edits())
    except CallNotOpenError as error:
        refuse(form, field_name(form.questions[0]), f"{error} Copy your words from here if you want to keep them.")
        return False
    db.session.commit()
    if is_valid and Outcome.CHANGED_TWICE not in outcomes.values():
        return True
    _show_newest(contribution, form, outcomes)
    return False


def _show_newest(contribution: Contribution, form: SectionForm, outcomes: Mapping[str, Outcome]) -> None:
    texts = writing.texts_of(contribution)
    form.note_seen(newest_numbers(contribution))
    for question in form.questions:
        outcome = outcomes.get(question.key)
        if outcome is Outcome.NEWER_KEPT:
            form.show_stored(question, texts.get(question.key, ""))
        if outcome is Outcome.CHANGED_TWICE:
            refuse(
                form,
                field_name(question),
                "You changed this answer in another window too. Both are shown here: make one of them, and save.",
            )
            form.elsewhere[question.key] = texts.get(question.key, "")
