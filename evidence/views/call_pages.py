"""Public pages of calls: the list, and one call."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import public
from evidence import calls, participation_modes
from evidence.calls import CallStatus
from evidence.views.blueprint import bp
from evidence.views.lookups import published_call_or_404


@bp.get("/")
@public
def show_home() -> ResponseReturnValue:
    published = calls.list_published_calls()
    if len(published) == 1:
        return redirect(url_for("evidence.show_call", slug=published[0].slug))
    return render_template("evidence/show_home.html", calls=[(call, calls.get_call_status(call)) for call in published])


@bp.get("/calls/<slug>")
@public
def show_call(slug: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    return render_template(
        "evidence/show_call.html",
        call=call,
        status=calls.get_call_status(call),
        CallStatus=CallStatus,
        modes=[
            (mode, participation_modes.build_mode_url(mode, call))
            for mode in participation_modes.list_offered_modes(call)
        ],
        schedule=calls.get_schedule(calls.get_current_version(call)),
    )
