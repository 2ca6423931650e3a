"""Saves a section while it is being typed, for the script of its page; answers in JSON. The page: writing_pages.py."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from evidence import written_contributions
from evidence.answers import get_newest_version_numbers
from evidence.models import Contribution
from evidence.question_forms import (
    SectionForm,
    build_section_form_class,
    build_seen_value,
    get_field_name,
    get_seen_field_name,
)
from evidence.views.blueprint import bp
from evidence.views.lookups import own_written_or_redirect, section_or_404
from evidence.written_contributions import SaveOutcome, require_draft

CONFLICT = "You also changed an answer in another window. Save this page to see both versions."
SAVED = {SaveOutcome.SAVED, SaveOutcome.UNCHANGED}


@bp.get("/my/<slug>/written/sections/<key>/autosave")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def get_autosave_token(slug: str, key: str) -> ResponseReturnValue:
    """For a page that was open while its session ended and another began. It checks whose session that is."""
    contribution = own_written_or_redirect(slug)
    section_or_404(contribution, key)
    return {"token": generate_csrf(), "contribution": str(contribution.id)}


@bp.post("/my/<slug>/written/sections/<key>/autosave")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def autosave_section(slug: str, key: str) -> ResponseReturnValue:
    contribution = own_written_or_redirect(slug)
    form = build_section_form_class(section_or_404(contribution, key))()
    form.validate()
    try:
        require_draft(contribution)
        outcomes = written_contributions.save_answers(contribution, form.read_edits())
    except RuleError as error:
        db.session.rollback()
        return {"problem": str(error)}, 409
    db.session.commit()
    reply: dict[str, Any] = {"seen": _list_seen_values(contribution, form, outcomes)}
    problem = _find_problem(form, outcomes)
    return (reply | {"problem": problem}, 409) if problem else reply


def _list_seen_values(
    contribution: Contribution, form: SectionForm, outcomes: dict[str, SaveOutcome]
) -> dict[str, str]:
    """Only of answers that are as in the page: others must still be noticed as changed elsewhere."""
    texts = written_contributions.get_answer_texts(contribution)
    numbers = get_newest_version_numbers(contribution)
    return {
        get_seen_field_name(question): build_seen_value(question, texts, numbers)
        for question in form.questions
        if outcomes.get(question.key) in SAVED
    }


def _find_problem(form: SectionForm, outcomes: dict[str, SaveOutcome]) -> str:
    if SaveOutcome.CONFLICT in outcomes.values():
        return CONFLICT
    errors = (message for question in form.questions for message in form[get_field_name(question)].errors)
    return str(next(errors, ""))
