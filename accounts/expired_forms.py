"""Answers a form that was sent without a session, or with an old one: what was typed comes back, and can be sent again.

Nothing is stored: the words are only in the page that is sent back. Why: docs/decisions/0040-nothing-typed-is-lost.md.
"""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.roles import STAFF_PERMISSIONS, Permission
from core.typed_fields import list_typed_fields, may_send_again


def render_expired_form(access: Permission | str | None, *, has_access: bool) -> ResponseReturnValue:
    """`access`: what the page declares."""
    is_participant = isinstance(access, Permission) and access not in STAFF_PERMISSIONS
    needs_session = isinstance(access, Permission) and not has_access
    sign_in = url_for("evidence.request_link" if is_participant else "accounts.sign_in") if needs_session else ""
    page = render_template(
        "errors/form_expired.html",
        typed=list_typed_fields(),
        sign_in=sign_in,
        is_participant=is_participant,
        may_send_again=may_send_again(),
    )
    return page, 400
