"""Answers to the desk's script: what changed as JSON, or the rule that was broken."""

from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue

from core.database import db
from core.errors import RuleError

CONFLICT = 409


def save_and_answer(change: Callable[[], object], build_answer: Callable[[], dict[str, Any]]) -> ResponseReturnValue:
    """Commits the change. A broken rule is rolled back; its answer has the state as it is, and the message."""
    try:
        change()
    except RuleError as error:
        db.session.rollback()
        return {**build_answer(), "error": str(error)}, CONFLICT
    db.session.commit()
    return build_answer()
