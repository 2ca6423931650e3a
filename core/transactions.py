"""Commit the changes of a page, or show the rule that was broken."""

from collections.abc import Mapping
from types import TracebackType

from flask import flash
from wtforms import Field

from core.database import db
from core.errors import RuleError
from core.form_fields import add_field_error

FieldByError = Mapping[type[RuleError], Field]


class committing:  # noqa: N801  read as a verb: with committing("Saved."): ...
    """Commit at the end of the block and show the message. A broken rule is rolled back and shown instead.

    `at`: the field that can fix a broken rule, or one for each error; without it the error is shown above the page.
    Afterwards the object is true if everything was saved.
    """

    def __init__(self, message: str = "", *, at: Field | FieldByError | None = None) -> None:
        self._message, self._at, self._is_saved = message, at, False

    def __enter__(self) -> "committing":
        return self

    def __bool__(self) -> bool:
        return self._is_saved

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> bool:
        if isinstance(error, RuleError):
            db.session.rollback()
            self._show(error)
            return True
        if error is None:
            db.session.commit()
            self._is_saved = True
            if self._message:
                flash(self._message, "success")
        return False

    def _show(self, error: RuleError) -> None:
        field = _find_field(self._at, error) if isinstance(self._at, Mapping) else self._at
        if field is None:
            flash(str(error), "error")
        else:
            add_field_error(field, error)


def _find_field(fields: FieldByError, error: RuleError) -> Field | None:
    return next((fields[kind] for kind in type(error).__mro__ if kind in fields), None)
