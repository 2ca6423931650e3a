"""Pages to read evidence on: a call, a question, an interview, a written contribution. They change nothing."""

from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from evidence.calls import CallNotFoundError, published_call, published_calls, schedule_of
from evidence.models import Call, Contribution, Mode
from review import interview_reading, words
from review.blueprint import bp
from review.contributions import contributions_to, find_contribution
from review.filters import filters_from
from review.parts import by_part
from review.question_numbers import numbers_by_question
from review.questions import neighbours, questions_of
from review.reading import GivenAnswer, answers_of, answers_to
from review.recording_stages import has_failed, is_stuck, is_to_decide, is_waiting, recordings_that, texts_that
from review.suggestions import suggestions_to
from transcripts.models import Passage
from transcripts.passages import mark_of


@bp.get("/staff/read")
@requires(Permission.READ_EVIDENCE)
def read_calls() -> ResponseReturnValue:
    calls, query = published_calls(), filters_from(request.args).as_query()
    if len(calls) == 1:
        return redirect(url_for("review.read_call", slug=calls[0].slug, **query))
    return render_template("review/read_calls.html", calls=calls, query=query)


@bp.get("/staff/read/recordings")
@requires(Permission.READ_EVIDENCE)
def recordings() -> ResponseReturnValue:
    return render_template(
        "review/recordings.html",
        waiting=recordings_that(is_waiting()),
        failed=recordings_that(has_failed()),
        stuck=texts_that(is_stuck()),
        to_decide=texts_that(is_to_decide()),
    )


@bp.get("/staff/read/<slug>")
@requires(Permission.READ_EVIDENCE)
def read_call(slug: str) -> ResponseReturnValue:
    call, filters = _published_call(slug), filters_from(request.args)
    return render_template(
        "review/read_call.html",
        call=call,
        filters=filters,
        words=words,
        questions=questions_of(call),
        numbers=numbers_by_question(call, filters),
        lines=contributions_to(call, filters),
    )


@bp.get("/staff/read/<slug>/questions/<key>")
@requires(Permission.READ_EVIDENCE)
def read_question(slug: str, key: str) -> ResponseReturnValue:
    call, filters = _published_call(slug), filters_from(request.args)
    try:
        before, here, after = neighbours(questions_of(call), key)
    except KeyError:
        abort(404)
    answers, suggestions = answers_to(call, key, filters), suggestions_to(call, key, filters)
    return render_template(
        "review/read_question.html",
        call=call,
        filters=filters,
        words=words,
        before=before,
        here=here,
        after=after,
        answers=answers,
        suggestions=by_part(suggestions),
        is_demonstration=_any_demonstration(answers, suggestions),
    )


@bp.get("/staff/read/interviews/<uuid:contribution_id>")
@requires(Permission.READ_EVIDENCE)
def read_interview(contribution_id: UUID) -> ResponseReturnValue:
    contribution = _contribution(contribution_id, Mode.INTERVIEW)
    return render_template(
        "review/read_interview.html",
        contribution=contribution,
        reading=interview_reading.read_interview(contribution),
        words=words,
        mark_of=mark_of,
    )


@bp.get("/staff/read/written/<uuid:contribution_id>")
@requires(Permission.READ_EVIDENCE)
def read_written(contribution_id: UUID) -> ResponseReturnValue:
    contribution = _contribution(contribution_id, Mode.WRITTEN)
    return render_template(
        "review/read_written.html",
        contribution=contribution,
        schedule=schedule_of(contribution.schedule_version),
        answers=answers_of(contribution),
        words=words,
    )


def _any_demonstration(answers: list[GivenAnswer], suggestions: list[Passage]) -> bool:
    """Whether some words on a page come from the model that does not understand real voices."""
    spoken = [passage for given in answers for passage in given.passages]
    return any(passage.transcript.is_demonstration for passage in spoken + suggestions)


def _published_call(slug: str) -> Call:
    try:
        return published_call(slug)
    except CallNotFoundError:
        abort(404)


def _contribution(contribution_id: UUID, mode: Mode) -> Contribution:
    return find_contribution(contribution_id, mode) or abort(404)
