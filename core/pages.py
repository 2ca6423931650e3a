"""Shared by all pages: Jinja with the component library, security headers, form protection, error pages."""

import logging
import secrets
from contextlib import suppress
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader, PrefixLoader
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, LengthRequired

from core import clock
from core.colours import is_hex_colour
from core.database import DatabaseNotPreparedError, db
from core.file_storage import format_size
from core.installation import get_installation_for_pages
from core.markdown import render_markdown
from core.outages import RETRY_AFTER_SECONDS, find_outage
from core.settings import Settings
from core.typed_fields import MAX_FORM_BYTES, READS_BODY_IN_PIECES, list_typed_fields

ONE_YEAR_SECONDS = 365 * 24 * 3600
CODES_WITH_ERROR_PAGE = {400, 403, 404, 405, 413, 429}

csrf = CSRFProtect()
log = logging.getLogger(__name__)


def init_pages(app: Flask, settings: Settings) -> None:
    """Must run before anything touches `app.jinja_env`."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_NAME="__Host-session" if settings.is_https else "session",
        PERMANENT_SESSION_LIFETIME=12 * 3600,
        WTF_CSRF_SSL_STRICT=False,  # it requires a Referer over https, but our pages tell browsers not to send one
        WTF_CSRF_TIME_LIMIT=None,  # a half-filled form must not expire
    )
    app.jinja_options = {
        "undefined": ChainableUndefined,  # the components read parameters that were not passed
        "loader": ChoiceLoader(
            [
                app.jinja_loader or PrefixLoader({}),
                PrefixLoader(
                    {
                        "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                        "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                    }
                ),
            ]
        ),
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    WTFormsHelpers(app)
    app.before_request(_refuse_body_without_length)
    csrf.init_app(app)
    app.jinja_env.globals.update(
        csp_nonce=get_csp_nonce,
        static_url=_build_static_url,
        settings=settings,
        installation=get_installation_for_pages,
        is_hex_colour=is_hex_colour,
    )
    app.jinja_env.filters.update(
        seconds_as_time=clock.format_seconds,
        day_and_time=clock.format_day_and_time,
        day=clock.format_day,
        date=clock.format_date,
        clock_time=clock.format_clock_time,
        readable_size=format_size,
        markdown=render_markdown,
    )
    app.after_request(_add_security_headers)
    app.register_error_handler(HTTPException, _render_error_page)
    app.register_error_handler(DatabaseNotPreparedError, _render_database_not_prepared)
    for kind in (SQLAlchemyError, OSError):
        app.register_error_handler(kind, _render_outage)
    app.register_error_handler(500, _render_server_error)


def get_csp_nonce() -> str:
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _build_static_url(path: str) -> str:
    return url_for("static", filename=path)


def _refuse_body_without_length() -> None:
    """Such a body may never end. Views that read uploads piece by piece have limits of their own."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.headers.get("Transfer-Encoding") and not getattr(view, READS_BODY_IN_PIECES, False):
        raise LengthRequired


def _add_security_headers(response: Response) -> Response:
    nonce = get_csp_nonce()
    policy = (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}';"
        " img-src 'self' data:; media-src 'self' blob:; object-src 'none'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR_SECONDS}")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _render_error_page(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and 300 <= error.code < 400:
        return error.get_response()
    code = error.code or 500
    template = f"errors/{code}.html" if code in CODES_WITH_ERROR_PAGE else "errors/500.html"
    return render_template(template, description=error.description, typed=list_typed_fields()), code


def _render_database_not_prepared(error: DatabaseNotPreparedError) -> ResponseReturnValue:
    return render_template("errors/503.html", description=error.message, typed=list_typed_fields()), 503


def _render_outage(error: SQLAlchemyError | OSError) -> ResponseReturnValue:
    """What was typed is in the page, so that it can be sent again. Raises the error if it is a fault of ours."""
    outage = find_outage(error)
    if outage is None:
        raise error
    log.error("A request was refused: %s", outage.name, exc_info=error)
    with suppress(SQLAlchemyError):
        db.session.rollback()
    page = render_template("errors/outage.html", description=outage, typed=list_typed_fields())
    return page, 503, {"Retry-After": str(RETRY_AFTER_SECONDS[outage])}


def _render_server_error(_error: Any) -> ResponseReturnValue:
    return render_template("errors/500.html", typed=list_typed_fields()), 500
