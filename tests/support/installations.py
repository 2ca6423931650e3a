"""Fresh installations for tests, one after the other: an empty data folder and empty tables. Starts no application."""

import shutil
from pathlib import Path

import psycopg
from sqlalchemy import Engine, event

from core.settings import Settings, load_settings

MEMORY_FOLDER = Path("/dev/shm")
MIN_FREE_MEMORY_BYTES = 4 * 1024**3
STORAGE_KEY_FILE = "storage-key"  # what settings hold in memory stays true
APPLICATION_NAME = "tests"
END_OTHER_CONNECTIONS = f"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
  AND pid <> pg_backend_pid() AND NOT (application_name = '{APPLICATION_NAME}' AND state = 'idle')
"""  # a test may have killed a worker without a good-bye
EMPTY_ALL_TABLES = """
DO $$ DECLARE name text; BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
  PERFORM setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'public';
END $$
"""  # on a connection that is kept two milliseconds; a database for each test takes a thousand times as long


def make_settings(folder: Path, **changes: str) -> Settings:
    """Settings of a test installation that lives in one folder."""
    values = {"DATA_FOLDER": str(folder), "SECRET_KEY": "only for tests", **changes}
    return load_settings({f"LISTENING_POST_{name}": value for name, value in values.items()})


def find_fast_folder() -> Path | None:
    """In memory where there is plenty: SQLite and PostgreSQL wait for a disk at each commit. None: where others are."""
    has_memory = MEMORY_FOLDER.is_dir() and shutil.disk_usage(MEMORY_FOLDER).free > MIN_FREE_MEMORY_BYTES
    return MEMORY_FOLDER if has_memory else None


def empty_folder(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != STORAGE_KEY_FILE:
            path.unlink()


def empty_postgres(connection: psycopg.Connection) -> None:
    connection.execute(END_OTHER_CONNECTIONS)
    connection.execute(EMPTY_ALL_TABLES)


@event.listens_for(Engine, "connect")
def _set_application_name(connection: object, _record: object) -> None:
    """PostgreSQL can tell connections of the tests, which stay open, from those of processes that they started."""
    if isinstance(connection, psycopg.Connection):
        connection.execute(f"SET application_name = '{APPLICATION_NAME}'")
        connection.commit()
