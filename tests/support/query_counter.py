"""Count what is asked of the database inside a block. Asserts nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from core.database import db


@contextmanager
def count_queries() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
