"""Applications on real databases with the real migrations, and a client that cannot see a forgotten commit."""

import contextvars
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, QueuePool
from werkzeug.test import TestResponse
from xdist.scheduler import LoadScopeScheduling

from core.database import db
from core.huey_queues import current_queues
from core.settings import Settings
from tests.support import log_scanner, mail_scanner, package_index, real_weights
from tests.support.installations import empty_folder, empty_postgres, find_fast_folder, make_settings
from tests.support.postgres import run_postgres_server
from transcripts.model_store import model_sources
from wsgi import create_app

hypothesis_settings.register_profile("quick", max_examples=25, deadline=None)
hypothesis_settings.register_profile("thorough", max_examples=100, deadline=None)  # in `make test-all`
hypothesis_settings.load_profile("quick")
NO_PACKAGES = Path("/nonexistent")  # a folder of wheels
IN_ONE_PROCESS = {"browser", "accuracy", "guards"}  # the installation of all journeys; the models; the parsed source


def pytest_configure() -> None:
    log_scanner.scan_logs()


def pytest_runtest_setup() -> None:
    mail_scanner.reset()


@pytest.fixture(autouse=True)
def no_model_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test downloads a model from outside: not from OpenAI, and not from the package index."""
    package_index.use_only(NO_PACKAGES, monkeypatch)
    monkeypatch.setattr(model_sources, "OPENAI_SOURCE", "http://127.0.0.1:9/openai")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A run without the real models must not look like one with them."""
    reasons = [str(report.longrepr) for report in terminalreporter.getreports("skipped")]
    missing = [reason for reason in reasons if real_weights.SKIP_PREFIX in reason]
    if missing:
        terminalreporter.section("REAL WEIGHTS ARE MISSING", sep="!", red=True, bold=True)
        terminalreporter.line(
            f"{len(missing)} tests with real Whisper models were SKIPPED, so this run says nothing of real voices.",
            red=True,
        )
        terminalreporter.line(missing[0].partition(real_weights.SKIP_PREFIX)[2])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    """Every mail that a test writes or receives is looked at, and everything that is logged."""
    yield
    mail_scanner.assert_no_leaks()
    log_scanner.assert_no_leaks()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What says nothing of the database has its turn with both in `make test-all`."""
    for item in items:
        parameters = getattr(item, "callspec", None)
        if item.get_closest_marker("one_database") and parameters and parameters.params.get("database") == "postgresql":
            item.add_marker(pytest.mark.slow)


class WholeFolderScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out one test after the other, but some folders whole, and those first."""

    def _split_scope(self, nodeid: str) -> str:
        folder = Path(nodeid.partition("::")[0]).parent.name
        return folder if folder in IN_ONE_PROCESS else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeFolderScheduling:
    return WholeFolderScheduling(config, log)


class SeparateClient(FlaskClient):
    """Each request runs in a context of its own, as on a server: it sees only what the test has committed."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if has_app_context():
            db.session.commit()
        return contextvars.Context().run(super().open, *args, **kwargs)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all migrations, to be copied for each test."""
    settings = make_settings(tmp_path_factory.mktemp("migrated"))
    _migrate(settings)
    return settings.data_folder / "listening-post.sqlite"


@pytest.fixture(scope="session")
def migrated_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL database with all migrations, to be emptied before each test."""
    with run_postgres_server() as server:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE migrated")
        address = f"{server}/migrated"
        _migrate(make_settings(tmp_path_factory.mktemp("migrated"), DATABASE_URL=address))
        yield address


@pytest.fixture(scope="session")
def emptying(migrated_postgres: str) -> Iterator[psycopg.Connection]:
    """Kept open: most of what emptying takes is to learn of the tables."""
    with psycopg.connect(migrated_postgres, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def data_folder() -> Iterator[Path]:
    """Of each test's installation, one after the other."""
    with TemporaryDirectory(prefix="listening-post-", dir=find_fast_folder()) as made:
        yield Path(made)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(database: str, data_folder: Path, request: pytest.FixtureRequest) -> Settings:
    """Of a fresh installation with empty tables; override it to change a setting."""
    empty_folder(data_folder)
    if database == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), data_folder / "listening-post.sqlite")
        return make_settings(data_folder)
    address = request.getfixturevalue("migrated_postgres")
    empty_postgres(request.getfixturevalue("emptying"))
    return make_settings(data_folder, DATABASE_URL=address)


@pytest.fixture(scope="session")
def applications() -> Iterator[dict[Settings, Flask]]:
    """One for all tests with the same settings: to make one takes longer than most tests."""
    made: dict[Settings, Flask] = {}
    yield made
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(settings: Settings, applications: dict[Settings, Flask]) -> Iterator[Flask]:
    """The application, with a context for the test's own look at the database."""
    app = applications.get(settings) or applications.setdefault(settings, _create_application(settings))
    with _restore_afterwards(app), app.app_context():
        yield app
        db.session.remove()
        current_queues().close()
        if not _can_stay_open(db.engine):
            db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def _create_application(settings: Settings) -> Flask:
    app = create_app(settings)
    app.test_client_class = SeparateClient
    app.config["WTF_CSRF_ENABLED"] = False  # tests of the protection itself switch it on
    return app


def _can_stay_open(engine: Engine) -> bool:
    """PostgreSQL's connections, which then know the tables. SQLite's file is another one in the next test."""
    pool = engine.pool
    return engine.name == "postgresql" and isinstance(pool, QueuePool) and pool.checkedout() == 0


@contextmanager
def _restore_afterwards(app: Flask) -> Iterator[None]:
    """What a test changes in the application is forgotten by the next."""
    config, extensions = dict(app.config), dict(app.extensions)
    yield
    for changed, before in ((app.config, config), (app.extensions, extensions)):
        changed.clear()
        changed.update(before)


def _migrate(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
