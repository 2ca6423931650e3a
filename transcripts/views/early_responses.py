"""Respond to an upload before all of it has arrived, so that the client still reads the response.

Closing a connection while bytes are in transit resets it, and the reset may overtake the response (RFC 9112 §9.6).
"""

import socket
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Response, after_this_request, current_app, g, request
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms import ValidationError

from core.typed_fields import READS_BODY_IN_PIECES

P = ParamSpec("P")
R = TypeVar("R")
DRAIN_SECONDS = 2.0
PAUSE_SECONDS = 0.01  # between reads, so that discarding bytes costs little
READ_BYTES = 64 * 1024
READ_TIMEOUT_SECONDS = 120  # a connection that sends nothing for this long is closed
METHODS_WITH_BODY = {"POST", "PATCH"}


def allows_early_response(view: Callable[P, R]) -> Callable[P, R]:
    """For a view that may respond before reading the whole body; it calls `mark_body_read` when it has read it."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        if request.method in METHODS_WITH_BODY:
            after_this_request(_close_gracefully)
        return view(*args, **kwargs)

    setattr(wrapped, READS_BODY_IN_PIECES, True)
    return wrapped


def mark_body_read() -> None:
    g.has_whole_body = True


def check_csrf_token() -> None:
    """The usual CSRF protection would read the body. Raises CSRFError."""
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return
    try:
        validate_csrf(request.headers.get("X-CSRFToken") or request.args.get("token"))
    except ValidationError as error:
        raise CSRFError(str(error)) from error


def set_read_timeout() -> None:
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(READ_TIMEOUT_SECONDS)


def _close_gracefully(response: Response) -> Response:
    connection = request.environ.get("gunicorn.socket")
    if connection is not None and not g.get("has_whole_body"):
        response.call_on_close(lambda: _drain_connection(connection))
    return response


def _drain_connection(connection: socket.socket) -> None:
    until = time.monotonic() + DRAIN_SECONDS
    try:
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(DRAIN_SECONDS)
        while time.monotonic() < until and connection.recv(READ_BYTES):
            time.sleep(PAUSE_SECONDS)
    except OSError:
        return
