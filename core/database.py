"""The database: one typed base class, column types, and how transactions begin."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from click import ClickException
from flask import has_request_context, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, Enum, MetaData, TypeDecorator, event, types
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

MISSING_TABLE_SQLSTATE = "42P01"  # PostgreSQL's undefined_table
DATABASE_NOT_PREPARED_MESSAGE = (
    "The database is not ready. Run this command once: .venv/bin/flask --app wsgi db upgrade"
)
WRITING_METHODS = {"POST", "PUT", "PATCH", "DELETE"}
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_is_writing: ContextVar[bool] = ContextVar("is_writing", default=False)
_is_read_only: ContextVar[bool] = ContextVar("is_read_only", default=False)


class DatabaseNotPreparedError(ClickException):
    """The tables are missing: a command ends with this message, the web process answers 503."""


class UtcDateTime(TypeDecorator[datetime]):
    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_column(enum_class: type[StrEnum]) -> Enum:
    """Stored by value as text, so that an index condition can name the value."""
    return Enum(enum_class, native_enum=False, length=40, values_callable=lambda members: [m.value for m in members])


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={
            datetime: UtcDateTime(),
            UUID: types.Uuid(),
            dict[str, Any]: types.JSON(),
            list[Any]: types.JSON(),
        },
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
migrate = Migrate()

if TYPE_CHECKING:  # db.Model is made at run time; checkers read the class that it is made from

    class Model(Base):
        __abstract__ = True
else:
    Model = db.Model


class UuidModel(Model):
    """A row with a random id, which can be in an address without revealing how many rows there are."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-1)


@contextmanager
def read_only_transactions() -> Iterator[None]:
    """Transactions begun inside take no write lock on SQLite."""
    token = _is_read_only.set(True)
    try:
        yield
    finally:
        _is_read_only.reset(token)


@contextmanager
def begin_writing() -> Iterator[Connection]:
    """A transaction after a request's own one, also where a page was only read. It commits at the end.

    What the request has not committed by now is given up: on SQLite its lock would stop this one.
    """
    db.session.rollback()
    token = _is_writing.set(True)
    try:
        with db.engine.begin() as connection:
            yield connection
    finally:
        _is_writing.reset(token)


def _may_write() -> bool:
    if _is_writing.get():
        return True
    if _is_read_only.get():
        return False
    return request.method in WRITING_METHODS if has_request_context() else True


def explain_missing_tables(engine: Engine) -> None:
    @event.listens_for(engine, "handle_error")
    def explain(context: ExceptionContext) -> None:
        error = context.original_exception
        if getattr(error, "sqlstate", None) == MISSING_TABLE_SQLSTATE or str(error).startswith("no such table"):
            raise DatabaseNotPreparedError(DATABASE_NOT_PREPARED_MESSAGE) from error


def prepare_sqlite(engine: Engine) -> None:
    """BEGIN IMMEDIATE for anything that may write: a plain BEGIN that reads and then writes fails at once
    if another writer came in between, whatever the timeout.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _may_write() else "BEGIN")
