"""Pages to read evidence: a call, a question, an interview, a written contribution. They change nothing."""

from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core import exits
from core.exits import ExitUse
from evidence import consent
from evidence.calls import get_schedule, list_published_calls
from evidence.models import Contribution, Mode
from evidence.views.hidden_words import require_use
from evidence.views.lookups import published_call_or_404
from review.coding.shown_words import ThemeMarks
from review.reading import interviews, labels
from review.reading.answers import (
    AnswerWithPassages,
    get_answers_with_passages,
    list_answers_to_question,
)
from review.reading.contributions import (
    find_readable_contribution,
    list_hidden_contributions,
    list_readable_contributions,
)
from review.reading.filters import parse_filters
from review.reading.passage_groups import group_by_transcript
from review.reading.question_counts import count_by_question
from review.reading.questions import find_with_neighbours, list_call_questions
from review.reading.recording_stages import (
    has_failed,
    has_failed_mapping,
    has_open_suggestions,
    is_awaiting_transcript,
    list_recordings_where,
    list_transcripts_where,
)
from review.reading.suggestions import list_suggestions_for_question
from review.views.blueprint import bp
from transcripts.models import Passage


@bp.get("/staff/read")
@requires(Permission.READ_EVIDENCE)
def read_calls() -> ResponseReturnValue:
    calls, query = list_published_calls(), parse_filters(request.args).as_query()
    if len(calls) == 1:
        return redirect(url_for("review.read_call", slug=calls[0].slug, **query))
    return render_template("review/reading/read_calls.html", calls=calls, query=query)


@bp.get("/staff/read/recordings")
@requires(Permission.READ_EVIDENCE)
def list_recordings() -> ResponseReturnValue:
    return render_template(
        "review/reading/list_recordings.html",
        waiting=list_recordings_where(is_awaiting_transcript()),
        failed=list_recordings_where(has_failed()),
        stuck=list_transcripts_where(has_failed_mapping()),
        to_decide=list_transcripts_where(has_open_suggestions()),
    )


@bp.get("/staff/read/<slug>")
@requires(Permission.READ_EVIDENCE)
def read_call(slug: str) -> ResponseReturnValue:
    call, filters = published_call_or_404(slug), parse_filters(request.args)
    lines = list_readable_contributions(call, filters)
    return render_template(
        "review/reading/read_call.html",
        call=call,
        filters=filters,
        labels=labels,
        questions=list_call_questions(call),
        numbers=count_by_question(call, filters),
        lines=lines,
        consent_labels=consent.load_labels([line.contribution for line in lines]),
        hidden=list_hidden_contributions(call, filters),
    )


@bp.get("/staff/read/<slug>/questions/<key>")
@requires(Permission.READ_EVIDENCE)
@exits.returns("all answers to a question", ExitUse.READING)
def read_question(slug: str, key: str) -> ResponseReturnValue:
    call, filters = published_call_or_404(slug), parse_filters(request.args)
    try:
        previous, current, following = find_with_neighbours(list_call_questions(call), key)
    except KeyError:
        abort(404)
    answers = list_answers_to_question(call, key, filters)
    suggestions = list_suggestions_for_question(call, key, filters)
    return render_template(
        "review/reading/read_question.html",
        call=call,
        filters=filters,
        labels=labels,
        previous=previous,
        current=current,
        following=following,
        answers=answers,
        suggestions=group_by_transcript(suggestions),
        is_demonstration=_has_demonstration_text(answers, suggestions),
        marks=ThemeMarks(answer.contribution for answer in answers),
        consent_labels=consent.load_labels(_list_contributions(answers, suggestions)),
    )


@bp.get("/staff/read/interviews/<uuid:contribution_id>")
@requires(Permission.READ_EVIDENCE)
def read_interview(contribution_id: UUID) -> ResponseReturnValue:
    """Where interviews were read before; links in emails and notes lead here."""
    return redirect(
        url_for("review.show_desk", contribution_id=_contribution_or_404(contribution_id, Mode.INTERVIEW).id)
    )


@bp.get("/staff/read/interviews/<uuid:contribution_id>/words")
@requires(Permission.READ_EVIDENCE)
@exits.returns("spoken answers, suggestions, speech outside the questions", ExitUse.READING)
def read_interview_words(contribution_id: UUID) -> ResponseReturnValue:
    """By question, with themes and quotes; the desk has it in the order of time."""
    contribution = _contribution_or_404(contribution_id, Mode.INTERVIEW)
    decision = require_use(ExitUse.READING, contribution)
    return render_template(
        "review/reading/read_interview_words.html",
        contribution=contribution,
        consent_decision=decision,
        consent_labels=consent.load_labels([contribution]),
        reading=interviews.build_interview_reading(contribution),
        marks=ThemeMarks([contribution]),
        labels=labels,
    )


@bp.get("/staff/read/written/<uuid:contribution_id>")
@requires(Permission.READ_EVIDENCE)
@exits.returns("written answers", ExitUse.READING)
def read_written(contribution_id: UUID) -> ResponseReturnValue:
    contribution = _contribution_or_404(contribution_id, Mode.WRITTEN)
    require_use(ExitUse.READING, contribution)
    return render_template(
        "review/reading/read_written.html",
        contribution=contribution,
        schedule=get_schedule(contribution.schedule_version),
        answers=get_answers_with_passages(contribution),
        marks=ThemeMarks([contribution]),
        consent_labels=consent.load_labels([contribution]),
        labels=labels,
    )


def _has_demonstration_text(answers: list[AnswerWithPassages], suggestions: list[Passage]) -> bool:
    spoken = [passage for answer in answers for passage in answer.passages]
    return any(passage.transcript.is_demonstration for passage in spoken + suggestions)


def _list_contributions(answers: list[AnswerWithPassages], suggestions: list[Passage]) -> list[Contribution]:
    return [*(answer.contribution for answer in answers), *(one.transcript.contribution for one in suggestions)]


def _contribution_or_404(contribution_id: UUID, mode: Mode) -> Contribution:
    return find_readable_contribution(contribution_id, mode) or abort(404)
