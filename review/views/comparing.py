"""Themes by group, with the words behind each count, and how each question was answered."""

from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core import exits
from core.exits import ExitUse
from evidence import consent
from evidence.views.lookups import published_call_or_404
from review.coding.coded_spans import SpanFilters, list_coded_spans
from review.coding.theme_lookup import load_contributions
from review.comparing.groups import GroupedBy
from review.comparing.plots import lay_out_bars
from review.comparing.theme_matrix import build_theme_matrix, list_cell
from review.reading import labels
from review.reading.filters import Filters, parse_filters
from review.reading.question_counts import count_by_question
from review.reading.questions import list_call_questions
from review.views.blueprint import bp
from review.views.coding.lookups import theme_or_404
from review.views.coding.themes import find_reading_page

MAX_GROUPS_IN_PLOT = 4


@bp.get("/staff/read/<slug>/compare")
@requires(Permission.READ_EVIDENCE)
def compare_themes(slug: str) -> ResponseReturnValue:
    call, filters = published_call_or_404(slug), parse_filters(request.args)
    grouped_by = _read_grouping()
    matrix = build_theme_matrix(call, grouped_by, filters)
    numbers = count_by_question(call, filters)
    questions = list_call_questions(call)
    return render_template(
        "review/comparing/compare_themes.html",
        call=call,
        filters=filters,
        labels=labels,
        groupings=[(one.value, one.value.capitalize()) for one in GroupedBy],
        matrix=matrix,
        plot=lay_out_bars([(row.line.theme.name, row.counts[:MAX_GROUPS_IN_PLOT]) for row in matrix.rows]),
        questions=questions,
        numbers=numbers,
        question_plot=lay_out_bars(
            [
                (item.question.prompt, (numbers[item.question.key].written, numbers[item.question.key].spoken))
                for item in questions
            ]
        ),
    )


@bp.get("/staff/read/<slug>/compare/<uuid:theme_id>")
@requires(Permission.READ_EVIDENCE)
@exits.returns("the words of a theme in one group", ExitUse.READING)
def list_compared_words(slug: str, theme_id: UUID) -> ResponseReturnValue:
    call, theme, filters = published_call_or_404(slug), theme_or_404(theme_id), parse_filters(request.args)
    if theme.call_id != call.id:
        abort(404)
    group, grouped_by = request.args.get("group", ""), _read_grouping()
    cell = list_cell(call, theme.id, grouped_by, group, filters) if group else _select_theme(theme.id, filters)
    spans = list_coded_spans(call, cell)
    contributions = load_contributions(span.contribution_id for span in spans)
    return render_template(
        "review/comparing/list_compared_words.html",
        call=call,
        theme=theme,
        group=group,
        grouped_by=grouped_by,
        spans=spans,
        contributions=contributions,
        consent_labels=consent.load_labels(contributions.values()),
        labels=labels,
        find_page=find_reading_page,
    )


def _select_theme(theme_id: UUID, filters: Filters) -> SpanFilters:
    return SpanFilters(theme_ids=frozenset({theme_id}), evidence=filters)


def _read_grouping() -> GroupedBy:
    return next((one for one in GroupedBy if one.value == request.args.get("by")), GroupedBy.MODE)
