"""Keep a section of the written form that was sent after the session had ended."""

from flask import flash, request

from accounts.access import current_person
from core.database import db
from evidence import unsaved_forms
from evidence.views.blueprint import bp

KEPT_ENDPOINTS = {"evidence.answer_section"}


def keep_expired_form() -> bool:
    if request.endpoint not in KEPT_ENDPOINTS:
        return False
    owner = request.form.get(unsaved_forms.OWNER_FIELD, "")
    fields = list(request.form.items(multi=True))
    is_kept = unsaved_forms.keep_form(owner, request.path, fields)
    db.session.commit()
    return is_kept


@bp.before_request
def keep_form_without_person() -> None:
    """Where the session is there, but its link has ended. `requires` then refuses the page."""
    is_refused = request.method == "POST" and request.endpoint in KEPT_ENDPOINTS and current_person() is None
    if is_refused and keep_expired_form():
        flash("We kept what you typed. Open your personal link, and it is there again.")
