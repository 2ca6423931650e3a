"""The equality form for those who signed up, and its figures for coordinators. What is typed here is never stored."""

from typing import Any

from flask import abort, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person, public, requires
from accounts.roles import Permission
from core.database import db
from evidence.calls import CallNotFoundError, published_call
from evidence.models import Call
from interviews.blueprint import bp
from interviews.forms.targets import EqualityForm
from interviews.rules import rules_of
from interviews.targets.areas import fifth_of, has_areas
from interviews.targets.equality import count_form, figures_of
from interviews.targets.equality_questions import DEPRIVATION, DISABILITY, ETHNICITY
from interviews.views.board import staff_call
from interviews.volunteers import offers_of

SIGNED_UP, ANSWERED = "equality_signed_up", "equality_answered"  # in the session: slugs of calls, and no more


@bp.route("/calls/<slug>/equality", methods=["GET", "POST"])
@public
def equality(slug: str) -> ResponseReturnValue:
    call = _asking_call(slug)
    if not may_answer_equality(call):
        flash("This form is for those who have offered an interview, and can be sent once.")
        return _next(call)
    form = EqualityForm()
    if form.validate_on_submit():
        count_form(call, _answers(form))
        db.session.commit()
        session[ANSWERED] = [*session.get(ANSWERED, []), call.slug]
        flash("Thank you. Your answers are counted, and nothing ties them to you.", "success")
        return _next(call)
    return render_template("interviews/equality.html", form=form, call=call)


@bp.get("/staff/calls/<slug>/equality")
@requires(Permission.MANAGE_VOLUNTEERS)
def equality_figures(slug: str) -> ResponseReturnValue:
    call = staff_call(slug)
    return render_template(
        "interviews/equality_figures.html",
        call=call,
        figures=figures_of(call),
        is_asked=rules_of(call).asks_equality,
        has_areas=has_areas(),
    )


@bp.context_processor
def _may_answer() -> dict[str, Any]:
    """The own page and the page after signing up link to the form."""
    return {"may_answer_equality": may_answer_equality}


def note_sign_up(call: Call) -> None:
    """Let whoever has just signed up in this browser open the form."""
    if call.slug not in session.get(SIGNED_UP, []):
        session[SIGNED_UP] = [*session.get(SIGNED_UP, []), call.slug]


def may_answer_equality(call: Call) -> bool:
    """Whether this browser belongs to somebody who signed up and has not sent the form from it."""
    if call.slug in session.get(ANSWERED, []) or not rules_of(call).asks_equality:
        return False
    if call.slug in session.get(SIGNED_UP, []):
        return True
    person = current_person()
    if person is None or person.is_staff:
        return False
    return any(offer.call_id == call.id for offer in offers_of(person.id))


def _asking_call(slug: str) -> Call:
    try:
        call = published_call(slug)
    except CallNotFoundError:
        abort(404)
    return call if rules_of(call).asks_equality else abort(404)


def _answers(form: EqualityForm) -> dict[str, str]:
    answers = {ETHNICITY.key: form.ethnicity.data, DISABILITY.key: form.disability.data}
    if form.deprivation.data:
        answers[DEPRIVATION.key] = fifth_of(form.deprivation.data)
    return {key: answer for key, answer in answers.items() if answer}


def _next(call: Call) -> ResponseReturnValue:
    person = current_person()
    if person is not None and not person.is_staff:
        return redirect(url_for("interviews.my_page"))
    return redirect(url_for("evidence.show_call", slug=call.slug))
