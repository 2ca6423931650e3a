"""For coordinators: whether the mapping gets better from interview to interview of a call. Names nobody."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from evidence.calls import find_call
from transcripts import kept_suggestions
from transcripts.blueprint import bp


@bp.route("/staff/calls/<slug>/suggestions")
@requires(Permission.MANAGE_CALLS)
def compare_suggestions(slug: str) -> ResponseReturnValue:
    call = find_call(slug) or abort(404)
    return render_template(
        "transcripts/compare_suggestions.html", call=call, reviewed=kept_suggestions.in_order_of_review(call)
    )
