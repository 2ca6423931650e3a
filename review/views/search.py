"""One box to search all evidence of a call."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core import exits
from core.exits import ExitUse
from core.paging import build_page_links, get_requested_page
from core.text_cleaning import clean_single_line
from evidence import consent
from evidence.consent_rules import ConsentLabels
from evidence.views.lookups import published_call_or_404
from review.models import SearchKind
from review.reading import labels
from review.reading.filters import parse_filters
from review.reading.questions import list_call_questions
from review.search.query_parser import MAX_CHARACTERS, EmptyQueryError, parse_query
from review.search.searching import SearchResult, SearchScope, search
from review.views.blueprint import bp

KIND_LABELS = {
    SearchKind.WRITTEN_ANSWER: "Written answer",
    SearchKind.SPOKEN_ANSWER: "Spoken answer",
    SearchKind.SUGGESTION: "Suggested passage",
    SearchKind.OUTSIDE: "Outside the questions",
}


@bp.get("/staff/read/<slug>/search")
@requires(Permission.READ_EVIDENCE)
@exits.returns("passages with the words that are searched", ExitUse.SEARCH)
def search_evidence(slug: str) -> ResponseReturnValue:
    call, filters = published_call_or_404(slug), parse_filters(request.args)
    typed = clean_single_line(request.args.get("q", ""))[:MAX_CHARACTERS]
    kind = next((one for one in SearchKind if one.value == request.args.get("kind")), None)
    questions = {item.question.key: item.question for item in list_call_questions(call)}
    question_key = request.args.get("question") if request.args.get("question") in questions else None
    scope = SearchScope(call, filters, kind, question_key)
    problem, result = "", None
    if typed:
        try:
            result = search(scope, parse_query(typed), get_requested_page())
        except EmptyQueryError as error:
            problem = str(error)
    return render_template(
        "review/search/search_evidence.html",
        call=call,
        scope=scope,
        filters=filters,
        labels=labels,
        typed=typed,
        problem=problem,
        result=result,
        questions=questions,
        kind_labels=KIND_LABELS,
        consent_labels=_load_labels(result),
        page_links=build_page_links(get_requested_page(), result.pages) if result else None,
    )


def _load_labels(result: SearchResult | None) -> dict[UUID, ConsentLabels]:
    hits = result.hits if result else ()
    return consent.load_labels([hit.contribution for hit in hits]) if hits else {}
