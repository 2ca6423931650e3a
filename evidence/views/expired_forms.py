"""Keep a section of the written form that was sent after the session had ended."""

from flask import request

from core.database import db
from evidence import unsaved_forms

KEPT_ENDPOINTS = {"evidence.answer_section"}


def keep_expired_form() -> bool:
    if request.endpoint not in KEPT_ENDPOINTS:
        return False
    owner = request.form.get(unsaved_forms.OWNER_FIELD, "")
    fields = list(request.form.items(multi=True))
    is_kept = unsaved_forms.keep_form(owner, request.path, fields)
    db.session.commit()
    return is_kept
