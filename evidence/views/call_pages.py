"""Public pages: the list of calls, one call, and who runs this installation."""

from flask import Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import public
from core.colours import explain_unusable_accent
from core.installation import INSTALLATION_PAGE_TITLES, get_installation
from evidence import calls, participation_modes
from evidence.call_rows import read_published_page
from evidence.calls import CallStatus
from evidence.views.blueprint import bp
from evidence.views.lookups import published_call_or_404

INSTALLATION_PAGES = {
    "privacy": "privacy_notice",
    "accessibility": "accessibility_statement",
    "terms": "terms",
}


@bp.get("/")
@public
def show_home() -> ResponseReturnValue:
    published = calls.list_published_calls()
    if len(published) == 1:
        return redirect(url_for("evidence.show_call", slug=published[0].slug))
    return render_template(
        "evidence/show_home.html",
        calls=[(call, calls.get_call_status(call), read_published_page(call)) for call in published],
    )


@bp.get("/calls/<slug>")
@public
def show_call(slug: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    return render_template(
        "evidence/show_call.html",
        call=call,
        content=calls.read_live(call),
        sender=calls.describe_sender(call),
        status=calls.get_call_status(call),
        CallStatus=CallStatus,
        modes=[
            (mode, participation_modes.build_mode_url(mode, call))
            for mode in participation_modes.list_offered_modes(call)
        ],
    )


@bp.get('/about/<any("privacy", "accessibility", "terms"):name>')
@public
def show_installation_page(name: str) -> ResponseReturnValue:
    row, column = get_installation(), INSTALLATION_PAGES[name]
    text = getattr(row, column)
    if not text:
        abort(404)
    return render_template(
        "evidence/show_installation_page.html", title=INSTALLATION_PAGE_TITLES[column], text=text, row=row
    )


@bp.get("/colours/<colour>.css")
@public
def show_accent_colour(colour: str) -> ResponseReturnValue:
    """As a file, because our pages may not have styles inside."""
    if explain_unusable_accent(f"#{colour}"):
        abort(404)
    return Response(render_template("evidence/show_accent_colour.css", colour=f"#{colour}"), content_type="text/css")
