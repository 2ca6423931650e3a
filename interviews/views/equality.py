"""The equality form for people who signed up, and its results for coordinators. No form is stored."""

from typing import Any

from flask import abort, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person, public, requires
from accounts.roles import Permission
from core.database import db
from evidence.models import Call
from evidence.views.lookups import published_call_or_404
from interviews.bookings.booking_policy import get_booking_policy
from interviews.equality.deprivation_areas import get_deprivation_fifth, has_areas
from interviews.equality.equality_counts import count_form, list_equality_figures
from interviews.equality.equality_questions import DEPRIVATION, DISABILITY, ETHNICITY
from interviews.forms.equality import EqualityForm
from interviews.views.blueprint import bp
from interviews.views.lookups import staff_call_or_404
from interviews.volunteers.volunteers import list_sign_ups

SIGNED_UP_KEY, ANSWERED_KEY = "equality_signed_up", "equality_answered"  # in the session: slugs of calls


@bp.route("/calls/<slug>/equality", methods=["GET", "POST"])
@public
def answer_equality_form(slug: str) -> ResponseReturnValue:
    call = _equality_call_or_404(slug)
    if not may_answer_equality(call):
        flash("You can only fill in this form once, after you have offered to be interviewed.")
        return _redirect_after_form(call)
    form = EqualityForm()
    if form.validate_on_submit():
        count_form(call, _collect_answers(form))
        db.session.commit()
        session[ANSWERED_KEY] = [*session.get(ANSWERED_KEY, []), call.slug]
        flash("Thank you. We have counted your answers. Nothing links them to you.", "success")
        return _redirect_after_form(call)
    return render_template("interviews/equality/answer_equality_form.html", form=form, call=call)


@bp.get("/staff/calls/<slug>/equality")
@requires(Permission.MANAGE_VOLUNTEERS)
def show_equality_figures(slug: str) -> ResponseReturnValue:
    call = staff_call_or_404(slug)
    return render_template(
        "interviews/equality/show_equality_figures.html",
        call=call,
        figures=list_equality_figures(call),
        is_asked=get_booking_policy(call).asks_equality,
        has_areas=has_areas(),
    )


@bp.context_processor
def _add_equality_check() -> dict[str, Any]:
    return {"may_answer_equality": may_answer_equality}


def remember_sign_up(call: Call) -> None:
    """Lets this browser open the form."""
    if call.slug not in session.get(SIGNED_UP_KEY, []):
        session[SIGNED_UP_KEY] = [*session.get(SIGNED_UP_KEY, []), call.slug]


def may_answer_equality(call: Call) -> bool:
    if call.slug in session.get(ANSWERED_KEY, []) or not get_booking_policy(call).asks_equality:
        return False
    if call.slug in session.get(SIGNED_UP_KEY, []):
        return True
    person = current_person()
    if person is None or person.is_staff:
        return False
    return any(volunteer.call_id == call.id for volunteer in list_sign_ups(person.id))


def _equality_call_or_404(slug: str) -> Call:
    call = published_call_or_404(slug)
    return call if get_booking_policy(call).asks_equality else abort(404)


def _collect_answers(form: EqualityForm) -> dict[str, str]:
    answers = {ETHNICITY.key: form.ethnicity.data, DISABILITY.key: form.disability.data}
    if form.deprivation.data:
        answers[DEPRIVATION.key] = get_deprivation_fifth(form.deprivation.data)
    return {key: answer for key, answer in answers.items() if answer}


def _redirect_after_form(call: Call) -> ResponseReturnValue:
    person = current_person()
    if person is not None and not person.is_staff:
        return redirect(url_for("interviews.show_my_page"))
    return redirect(url_for("evidence.show_call", slug=call.slug))
