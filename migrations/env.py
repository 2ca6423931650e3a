"""Alembic's entry point: runs migrations on the application's database. Migrations import no application code."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection

database = current_app.extensions["migrate"].db


def plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types as the standard types they are based on."""
    if kind == "type" and type(item).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def is_named_by_models(name: str | None, kind: str, _parents: object) -> bool:
    """Not the queue's tables, nor what the database itself keeps to search words."""
    if kind == "table":
        return not str(name).startswith(("huey", "search_index"))
    return str(name) not in {"document", "ix_search_entry_document"}


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        render_item=plain_type,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        include_name=is_named_by_models,
    )
    with context.begin_transaction():
        context.run_migrations()


def without_foreign_keys(connection: Connection) -> None:
    """SQLite changes a table by copying and dropping it, and the drop would delete the rows that point to it."""
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")  # must be before any transaction


with database.engine.connect() as connection:
    without_foreign_keys(connection)
    migrate(connection)
    connection.commit()
    connection.invalidate()  # the next user gets a connection with foreign keys on
