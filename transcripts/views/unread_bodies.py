"""Answer an upload before all of it has arrived, in a way that the answer is still read.

A connection that is closed while bytes are on their way is reset, and a reset may overtake the page (RFC 9112 §9.6).
"""

import socket
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Response, after_this_request, current_app, g, request
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms import ValidationError

P = ParamSpec("P")
R = TypeVar("R")
LINGER_SECONDS = 2.0
PAUSE_SECONDS = 0.01  # between reads, so that throwing bytes away costs little
READ_BYTES = 64 * 1024
SILENT_SECONDS = 120  # a connection that sends nothing for so long is cut
WITH_BODY = {"POST", "PATCH"}


def answered_early(view: Callable[P, R]) -> Callable[P, R]:
    """For a view that may answer without having read the body; `note_whole_body` says that it has."""

    @wraps(view)
    def watched(*args: P.args, **kwargs: P.kwargs) -> R:
        if request.method in WITH_BODY:
            after_this_request(_close_gently)
        return view(*args, **kwargs)

    return watched


def note_whole_body() -> None:
    g.has_whole_body = True


def check_token() -> None:
    """The form's token, from a header or the address: the common protection would read the body. Raises CSRFError."""
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return
    try:
        validate_csrf(request.headers.get("X-CSRFToken") or request.args.get("token"))
    except ValidationError as error:
        raise CSRFError(str(error)) from error


def limit_silence() -> None:
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SILENT_SECONDS)


def _close_gently(response: Response) -> Response:
    connection = request.environ.get("gunicorn.socket")
    if connection is not None and not g.get("has_whole_body"):
        response.call_on_close(lambda: _linger(connection))
    return response


def _linger(connection: socket.socket) -> None:
    """Say that the answer is complete, then throw away what still comes, for a moment."""
    until = time.monotonic() + LINGER_SECONDS
    try:
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(LINGER_SECONDS)
        while time.monotonic() < until and connection.recv(READ_BYTES):
            time.sleep(PAUSE_SECONDS)
    except OSError:
        return
