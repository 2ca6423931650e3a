"""Show coordinators whether mapping improves from one interview of a call to the next. Names nobody."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from evidence.calls import find_call
from transcripts.passages import acceptance_rate
from transcripts.views.blueprint import bp


@bp.route("/staff/calls/<slug>/suggestions")
@requires(Permission.MANAGE_CALLS)
def compare_suggestions(slug: str) -> ResponseReturnValue:
    call = find_call(slug) or abort(404)
    return render_template(
        "transcripts/passages/compare_suggestions.html",
        call=call,
        reviewed=acceptance_rate.list_rates_by_review_date(call),
    )
