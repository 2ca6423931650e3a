"""Applications on real databases with the real migrations, and a client that cannot see a forgotten commit."""

import contextvars
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine, text
from werkzeug.test import TestResponse

from core.database import db
from core.queue import queues
from core.settings import Settings, settings_from_environment
from tests import mail_scanner
from tests.postgres import postgres_server
from tests.quick_routes import compile_addresses_late
from wsgi import create_app

compile_addresses_late()

END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""  # a test may have killed a worker without a good-bye
EMPTY_ALL = """
DO $$ DECLARE name text; BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', name);
  END LOOP;
END $$
"""  # a hundred times quicker than a database for each test, and two hundred than TRUNCATE


def pytest_runtest_setup() -> None:
    mail_scanner.begin()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    """Every mail that a test writes or receives is looked at."""
    yield
    mail_scanner.require_clean()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What says nothing of the database has its turn with both in `make test-all`."""
    for item in items:
        parameters = getattr(item, "callspec", None)
        if item.get_closest_marker("one_database") and parameters and parameters.params.get("database") == "postgresql":
            item.add_marker(pytest.mark.slow)


class SeparateClient(FlaskClient):
    """Each request runs in a context of its own, as on a server: it sees only what the test has committed."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if has_app_context():
            db.session.commit()
        return contextvars.Context().run(super().open, *args, **kwargs)


def settings_for(folder: Path, **changes: str) -> Settings:
    """Settings of a test installation that lives in one folder."""
    values = {"DATA_FOLDER": str(folder), "SECRET_KEY": "only for tests", **changes}
    return settings_from_environment({f"LISTENING_POST_{name}": value for name, value in values.items()})


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all migrations, to be copied for each test."""
    settings = settings_for(tmp_path_factory.mktemp("migrated"))
    _migrate(settings)
    return settings.data_folder / "listening-post.sqlite"


@pytest.fixture(scope="session")
def migrated_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL database with all migrations, to be emptied before each test."""
    with postgres_server() as server:
        _execute(f"{server}/postgres", "CREATE DATABASE migrated")
        address = f"{server}/migrated"
        _migrate(settings_for(tmp_path_factory.mktemp("migrated"), DATABASE_URL=address))
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Of a fresh installation with empty tables; override it to change a setting."""
    if database == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "listening-post.sqlite")
        yield settings_for(tmp_path)
        return
    address = request.getfixturevalue("migrated_postgres")
    _execute(address, END_OTHERS, EMPTY_ALL)
    yield settings_for(tmp_path, DATABASE_URL=address)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Each test has an application of its own; without this each would compile the same templates again."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, compiled_templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    """The application, with a context for the test's own look at the database."""
    app = create_app(settings)
    app.jinja_env.bytecode_cache = compiled_templates
    app.test_client_class = SeparateClient
    app.config["WTF_CSRF_ENABLED"] = False  # tests of the protection itself switch it on
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
        queues().close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def _migrate(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


def _execute(address: str, *statements: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
