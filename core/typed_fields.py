"""What somebody typed into a form that could not be saved, so that the page that says so can give it back."""

from contextlib import suppress

from flask import current_app, request
from werkzeug.exceptions import HTTPException

MAX_FORM_BYTES = 1024 * 1024
READS_BODY_IN_PIECES = "reads_body_in_pieces"  # an attribute of views
TOKEN_FIELD = "csrf_token"  # noqa: S105  a name
OWN_PAGE = {"same-origin", "none"}  # of Sec-Fetch-Site; none: the page was loaded again


def list_typed_fields() -> list[tuple[str, str]]:
    """Names and values in the order of the form; empty if the request has none."""
    if not _has_form():
        return []
    with suppress(HTTPException):  # too large
        return [(name, text) for name, texts in request.form.lists() for text in texts if name != TOKEN_FIELD]
    return []


def may_send_again() -> bool:
    """Not what another site made the browser send. SameSite cookies protect browsers that do not say which site."""
    return request.headers.get("Sec-Fetch-Site", "none") in OWN_PAGE


def _has_form() -> bool:
    """A body that is read in pieces may be an upload, and half read."""
    view = current_app.view_functions.get(request.endpoint or "")
    is_small = (request.content_length or 0) <= MAX_FORM_BYTES
    return request.method == "POST" and is_small and not getattr(view, READS_BODY_IN_PIECES, False)
