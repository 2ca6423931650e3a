"""PostgreSQL: each table with COPY, all in one snapshot, so that no client programs are needed.

The tables themselves come from our migrations, at the revision that the backup names. Rows are loaded without foreign
keys, which are added again afterwards, in one transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import psycopg
from psycopg import IsolationLevel, sql
from sqlalchemy import URL, make_url

from core.settings import Settings
from privacy.backup.databases import (
    VERSION_TABLE,
    DatabaseSnapshot,
    ReadPart,
    check_hash,
    compare_row_counts,
)
from privacy.backup.errors import BackupError
from privacy.backup.manifest import Manifest
from privacy.backup.migrations import migrate_to

TEMPORARY_SCHEMA = "listening_post_backup_check"
SAME_TEXT_EVERYWHERE = "SET TIME ZONE 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres'"
LIST_TABLES = """
SELECT tablename FROM pg_tables
WHERE schemaname = current_schema() AND tablename <> %s AND tablename NOT LIKE 'huey%%' ORDER BY tablename
"""
LIST_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
LIST_KEY_COLUMNS = """
SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY array_position(i.indkey::int[], a.attnum::int)
"""
LIST_SEQUENCES = """
SELECT sequencename, last_value FROM pg_sequences
WHERE schemaname = current_schema() AND last_value IS NOT NULL AND sequencename NOT LIKE 'huey%'
"""
LIST_FOREIGN_KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    settings: Settings
    url: URL
    kind: str = "postgresql"

    @contextmanager
    def open_snapshot(self) -> Iterator[DatabaseSnapshot]:
        with self._connect() as connection:
            connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
            tables = _list_tables(connection)
            revisions = _list_column(connection, f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608 a constant
            counts = {table: _count_rows(connection, table) for table in tables}
            columns = {table: _list_column(connection, LIST_COLUMNS, table) for table in tables}
            sequences = {name: value for name, value in connection.execute(LIST_SEQUENCES)}  # noqa: C416 mypy
            parts = ((_name_part(table), _copy_out(connection, table, columns[table])) for table in tables)
            yield DatabaseSnapshot(tuple(revisions), counts, columns, sequences, parts)

    def list_filled_tables(self) -> list[str]:
        with self._connect() as connection:
            return [table for table in _list_tables(connection) if _count_rows(connection, table)]

    def restore(self, manifest: Manifest, read_part: ReadPart) -> None:
        with self._connect() as connection:
            for table in [*_list_tables(connection), VERSION_TABLE]:  # they are empty, and may be of another revision
                _execute(connection, "DROP TABLE IF EXISTS {} CASCADE", table)
        migrate_to(replace(self.settings, database_url=_write_url(self.url)), manifest.revisions)
        with self._connect() as connection:
            foreign_keys = connection.execute(LIST_FOREIGN_KEYS).fetchall()
            for table, name, _ in foreign_keys:
                _execute(connection, "ALTER TABLE {} DROP CONSTRAINT {}", table, name)
            for table in manifest.row_counts:
                _copy_in(connection, table, manifest, read_part)
            for name, value in manifest.sequences.items():
                connection.execute("SELECT setval(%s::regclass, %s)", [name, value])
            for table, name, definition in foreign_keys:
                _execute(connection, f"ALTER TABLE {{}} ADD CONSTRAINT {{}} {definition}", table, name)

    def compare(self, manifest: Manifest) -> None:
        """Row for row: the restored tables give the same bytes as the saved ones."""
        with self.open_snapshot() as snapshot:
            compare_row_counts(snapshot.row_counts, manifest)
            for name, pieces in snapshot.parts:
                for _ in check_hash(pieces, manifest.database[name].sha256, name):
                    pass

    @contextmanager
    def create_temporary(self) -> Iterator["PostgresDatabase"]:
        """A schema in the same database, which needs no right to create databases."""
        drop = f"DROP SCHEMA IF EXISTS {TEMPORARY_SCHEMA} CASCADE"
        try:
            with self._connect() as connection:
                connection.execute(drop)  # of a backup that was killed
                connection.execute(f"CREATE SCHEMA {TEMPORARY_SCHEMA}")
        except psycopg.errors.InsufficientPrivilege as error:
            raise BackupError(
                "The backup cannot be verified, because the database user may not create a schema. As the owner of the"
                " database: GRANT CREATE ON DATABASE name TO user."
            ) from error
        try:
            options = f"{self.url.query.get('options', '')} -csearch_path={TEMPORARY_SCHEMA}".strip()
            url = self.url.update_query_dict({"options": options})
            yield PostgresDatabase(self.settings, url)
        finally:
            with self._connect() as connection:
                connection.execute(drop)

    def _connect(self) -> psycopg.Connection:
        connection = psycopg.connect(_write_url(self.url.set(drivername="postgresql")), autocommit=True)
        connection.execute(SAME_TEXT_EVERYWHERE)
        connection.autocommit = False
        return connection


def _write_url(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def build_postgres_database(settings: Settings) -> PostgresDatabase:
    return PostgresDatabase(settings, make_url(settings.database_url))


def _name_part(table: str) -> str:
    return f"database/{table}.copy"


def _execute(connection: psycopg.Connection, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _list_column(connection: psycopg.Connection, query: str, *values: str) -> list[str]:
    return [row[0] for row in connection.execute(query, values)]


def _list_tables(connection: psycopg.Connection) -> list[str]:
    return _list_column(connection, LIST_TABLES, VERSION_TABLE)


def _count_rows(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    return int(row[0]) if row else 0


def _join_names(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _copy_out(connection: psycopg.Connection, table: str, columns: list[str]) -> Iterator[bytes]:
    """In the order of the primary key, so that the same rows give the same bytes."""
    key = _list_column(connection, LIST_KEY_COLUMNS, table) or columns
    statement = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        _join_names(columns), sql.Identifier(table), _join_names(key)
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield from map(bytes, copy)


def _copy_in(connection: psycopg.Connection, table: str, manifest: Manifest, read_part: ReadPart) -> None:
    _execute(connection, "DELETE FROM {}", table)  # what the migrations put there
    columns, name = manifest.columns[table], _name_part(table)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _join_names(columns))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in check_hash(read_part(name), manifest.database[name].sha256, name):
            copy.write(piece)
