"""Private calendar feeds: the page where staff make and take back theirs, and what calendar programs read."""

import hashlib

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import public, requires, signed_in
from accounts.links import LinkNotValidError
from accounts.models import LinkPurpose, StaffMember
from accounts.roles import Permission, permissions_of
from core.database import db
from interviews.blueprint import bp
from interviews.calendars import feeds as private

KINDS = {"own": LinkPurpose.OWN_FEED, "all": LinkPurpose.WHOLE_FEED}
KIND_OF = {purpose: kind for kind, purpose in KINDS.items()}


@bp.get("/feeds/<token>.ics")
@public
def read_feed(token: str) -> ResponseReturnValue:
    """For programs, so there is no page when the address is wrong; nobody's session is looked at."""
    try:
        content = private.read_feed(token)
    except LinkNotValidError:
        return Response("This calendar is not known here.\n", 404, mimetype="text/plain")
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="interviews.ics"'
    response.set_etag(hashlib.sha256(content).hexdigest())
    return response.make_conditional(request)


@bp.get("/staff/feeds")
@requires(Permission.SEE_OWN_INTERVIEWS)
def feeds() -> ResponseReturnValue:
    person = signed_in()
    found = private.feeds_of(person.id, permissions_of(person.roles))
    return render_template("interviews/feeds.html", feeds=found, kind_of=KIND_OF)


@bp.post("/staff/feeds/<kind>/new")
@requires(Permission.SEE_OWN_INTERVIEWS)
def new_feed(kind: str) -> ResponseReturnValue:
    """The answer itself shows the address: it is kept nowhere, so no other page can."""
    address = private.new_feed(_member(), _purpose(kind))
    db.session.commit()
    return render_template("interviews/new_feed.html", address=address, kind=kind)


@bp.post("/staff/feeds/<kind>/revoke")
@requires(Permission.SEE_OWN_INTERVIEWS)
def revoke_feed(kind: str) -> ResponseReturnValue:
    private.revoke_feed(_member(), _purpose(kind))
    db.session.commit()
    flash("The calendar address works no more.", "success")
    return redirect(url_for("interviews.feeds"))


def _purpose(kind: str) -> LinkPurpose:
    purpose = KINDS.get(kind)
    if purpose is None or not signed_in().may(private.NEEDED[purpose]):
        abort(404)
    return purpose


def _member() -> StaffMember:
    return db.session.get_one(StaffMember, signed_in().id)
