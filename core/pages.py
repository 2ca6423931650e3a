"""Shared by all pages: Jinja with the component library, security headers, form protection, error pages."""

import secrets
from typing import Any

from flask import Flask, Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.exceptions import HTTPException

from core import clock
from core.database import DatabaseNotPreparedError
from core.file_storage import format_size
from core.settings import Settings

MAX_FORM_BYTES = 1024 * 1024
CODES_WITH_ERROR_PAGE = {400, 403, 404, 405, 413, 429}

csrf = CSRFProtect()


def init_pages(app: Flask, settings: Settings) -> None:
    """Must run before anything touches `app.jinja_env`."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
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
    csrf.init_app(app)
    app.jinja_env.globals.update(csp_nonce=get_csp_nonce, static_url=_build_static_url, settings=settings)
    app.jinja_env.filters.update(
        seconds_as_time=clock.format_seconds,
        day_and_time=clock.format_day_and_time,
        day=clock.format_day,
        date=clock.format_date,
        clock_time=clock.format_clock_time,
        readable_size=format_size,
    )
    app.after_request(_add_security_headers)
    app.register_error_handler(CSRFError, _render_form_expired)
    app.register_error_handler(HTTPException, _render_error_page)
    app.register_error_handler(DatabaseNotPreparedError, _render_database_not_prepared)
    app.register_error_handler(500, _render_server_error)


def get_csp_nonce() -> str:
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _build_static_url(path: str) -> str:
    return url_for("static", filename=path)


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
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _render_form_expired(_error: CSRFError) -> ResponseReturnValue:
    return render_template("errors/form_expired.html"), 400


def _render_error_page(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and 300 <= error.code < 400:
        return error.get_response()
    code = error.code or 500
    template = f"errors/{code}.html" if code in CODES_WITH_ERROR_PAGE else "errors/500.html"
    return render_template(template, description=error.description), code


def _render_database_not_prepared(error: DatabaseNotPreparedError) -> ResponseReturnValue:
    return render_template("errors/503.html", description=error.message), 503


def _render_server_error(_error: Any) -> ResponseReturnValue:
    return render_template("errors/500.html"), 500
