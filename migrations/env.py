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


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        render_item=plain_type,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        include_name=lambda name, kind, _parents: not (kind == "table" and str(name).startswith("huey")),
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
