"""Private calendar feeds: staff create and revoke them, calendar apps read them."""

import hashlib

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, public, requires
from accounts.links import LinkNotValidError
from accounts.models import LinkPurpose, StaffMember
from accounts.roles import Permission, get_permissions
from core.database import db
from interviews.feeds import feeds
from interviews.views.blueprint import bp

PURPOSE_BY_KIND = {"own": LinkPurpose.OWN_FEED, "all": LinkPurpose.WHOLE_FEED}
KIND_BY_PURPOSE = {purpose: kind for kind, purpose in PURPOSE_BY_KIND.items()}


@bp.get("/feeds/<token>.ics")
@public
def download_feed(token: str) -> ResponseReturnValue:
    try:
        content = feeds.build_feed(token)
    except LinkNotValidError:
        return Response("This calendar does not exist.\n", 404, mimetype="text/plain")
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="interviews.ics"'
    response.set_etag(hashlib.sha256(content).hexdigest())
    return response.make_conditional(request)


@bp.get("/staff/feeds")
@requires(Permission.SEE_OWN_INTERVIEWS)
def list_feeds() -> ResponseReturnValue:
    person = current_person_or_403()
    private_feeds = feeds.list_feeds(person.id, get_permissions(person.roles))
    return render_template("interviews/feeds/list_feeds.html", feeds=private_feeds, kind_of=KIND_BY_PURPOSE)


@bp.post("/staff/feeds/<kind>/new")
@requires(Permission.SEE_OWN_INTERVIEWS)
def create_feed(kind: str) -> ResponseReturnValue:
    """The response shows the address, because it is not stored."""
    address = feeds.create_feed(_get_signed_in_member(), _purpose_or_404(kind))
    db.session.commit()
    return render_template("interviews/feeds/create_feed.html", address=address, kind=kind)


@bp.post("/staff/feeds/<kind>/revoke")
@requires(Permission.SEE_OWN_INTERVIEWS)
def revoke_feed(kind: str) -> ResponseReturnValue:
    feeds.revoke_feed(_get_signed_in_member(), _purpose_or_404(kind))
    db.session.commit()
    flash("This calendar address no longer works.", "success")
    return redirect(url_for("interviews.list_feeds"))


def _purpose_or_404(kind: str) -> LinkPurpose:
    purpose = PURPOSE_BY_KIND.get(kind)
    if purpose is None or not current_person_or_403().may(feeds.REQUIRED_PERMISSIONS[purpose]):
        abort(404)
    return purpose


def _get_signed_in_member() -> StaffMember:
    return db.session.get_one(StaffMember, current_person_or_403().id)
