"""Private calendar feeds: the page where staff make and take back theirs, and what calendar programs read."""

import hashlib

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, public, requires
from accounts.links import LinkNotValidError
from accounts.models import LinkPurpose, StaffMember
from accounts.roles import Permission, get_permissions
from core.database import db
from interviews.feeds import feeds as private
from interviews.views.blueprint import bp

PURPOSE_BY_KIND = {"own": LinkPurpose.OWN_FEED, "all": LinkPurpose.WHOLE_FEED}
KIND_BY_PURPOSE = {purpose: kind for kind, purpose in PURPOSE_BY_KIND.items()}


@bp.get("/feeds/<token>.ics")
@public
def download_feed(token: str) -> ResponseReturnValue:
    """For programs, so there is no page when the address is wrong; nobody's session is looked at."""
    try:
        content = private.build_feed(token)
    except LinkNotValidError:
        return Response("This calendar is not known here.\n", 404, mimetype="text/plain")
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="interviews.ics"'
    response.set_etag(hashlib.sha256(content).hexdigest())
    return response.make_conditional(request)


@bp.get("/staff/feeds")
@requires(Permission.SEE_OWN_INTERVIEWS)
def list_feeds() -> ResponseReturnValue:
    person = current_person_or_403()
    found = private.list_feeds(person.id, get_permissions(person.roles))
    return render_template("interviews/feeds/feeds.html", feeds=found, kind_of=KIND_BY_PURPOSE)


@bp.post("/staff/feeds/<kind>/new")
@requires(Permission.SEE_OWN_INTERVIEWS)
def create_feed(kind: str) -> ResponseReturnValue:
    """The answer itself shows the address: it is kept nowhere, so no other page can."""
    address = private.create_feed(_get_signed_in_member(), _purpose_or_404(kind))
    db.session.commit()
    return render_template("interviews/feeds/new_feed.html", address=address, kind=kind)


@bp.post("/staff/feeds/<kind>/revoke")
@requires(Permission.SEE_OWN_INTERVIEWS)
def revoke_feed(kind: str) -> ResponseReturnValue:
    private.revoke_feed(_get_signed_in_member(), _purpose_or_404(kind))
    db.session.commit()
    flash("The calendar address works no more.", "success")
    return redirect(url_for("interviews.list_feeds"))


def _purpose_or_404(kind: str) -> LinkPurpose:
    purpose = PURPOSE_BY_KIND.get(kind)
    if purpose is None or not current_person_or_403().may(private.REQUIRED_PERMISSIONS[purpose]):
        abort(404)
    return purpose


def _get_signed_in_member() -> StaffMember:
    return db.session.get_one(StaffMember, current_person_or_403().id)
