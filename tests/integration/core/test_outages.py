"""What people see while the database is locked, stopped or restarting, or the disk is full; nothing typed is lost."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from flask import Flask, request
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from accounts.access import public
from core import connections
from core.database import db
from core.huey_queues import current_queues
from core.settings import current_settings
from tests.support.installations import make_settings
from wsgi import create_app

LONG_ANSWER = "I waited for a year.\nThen somebody called, and it was the wrong number."


@pytest.fixture
def own_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An application of its own, whose database the test may damage."""
    monkeypatch.setattr(connections, "WEB_LOCK_SECONDS", 0)
    app = create_app(make_settings(tmp_path))
    app.config["WTF_CSRF_ENABLED"] = False

    @app.post("/write")
    @public
    def write() -> str:
        db.session.execute(text("CREATE TABLE IF NOT EXISTS note (words TEXT)"))
        db.session.execute(text("INSERT INTO note VALUES (:words)"), {"words": request.form["words"]})
        db.session.commit()
        return "saved"

    yield app
    with app.app_context():
        db.engine.dispose()
        current_queues().close()


def find_database(app: Flask) -> str:
    with app.app_context():
        return str(db.engine.url.database)


def test_a_locked_database_answers_503_in_words_and_keeps_what_was_typed(own_app: Flask) -> None:
    client = own_app.test_client()
    assert client.post("/write", data={"words": "first"}).text == "saved"
    with closing(sqlite3.connect(find_database(own_app), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        page = client.post("/write", data={"words": LONG_ANSWER, "kind": ["a", "b"]})

    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) > 0
    assert "saving took too long" in page.text
    assert LONG_ANSWER in page.text
    assert page.text.count('type="hidden" name="kind"') == 2
    assert client.post("/write", data={"words": LONG_ANSWER}).text == "saved"


def test_a_disk_that_cannot_be_written_to_says_so(own_app: Flask) -> None:
    own_app.test_client().post("/write", data={"words": "first"})
    with own_app.app_context():
        db.session.execute(text("PRAGMA query_only = ON"))
        db.session.commit()

    page = own_app.test_client().post("/write", data={"words": "a"})

    assert page.status_code == 503
    assert "cannot be written to" in page.text


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "disk of the service is full"), (errno.EROFS, "cannot be written to")]
)
def test_a_full_disk_answers_503_in_words(own_app: Flask, number: int, words: str) -> None:
    @own_app.post("/save-file")
    @public
    def save_file() -> str:
        raise OSError(number, "as the system says it")

    page = own_app.test_client().post("/save-file", data={"name": "value"})

    assert page.status_code == 503
    assert words in page.text


def test_a_fault_of_ours_is_no_outage(own_app: Flask) -> None:
    @own_app.get("/broken")
    @public
    def break_down() -> str:
        raise FileNotFoundError(errno.ENOENT, "no such file")

    own_app.config["PROPAGATE_EXCEPTIONS"] = False

    assert own_app.test_client().get("/broken").status_code == 500


def test_a_database_that_restarted_serves_the_next_request(app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no server that could restart.")
    own_process = db.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    db.session.remove()  # back into the pool
    with psycopg.connect(current_settings().database_url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [own_process])

    assert app.test_client().get("/").status_code == 200


def test_requests_wait_less_long_for_a_lock_than_workers(app: Flask) -> None:
    show = {"sqlite": "PRAGMA busy_timeout", "postgresql": "SHOW lock_timeout"}[db.engine.dialect.name]
    with app.test_request_context():
        in_request = str(db.session.execute(text(show)).scalar())
        db.session.remove()
    outside = str(db.session.execute(text(show)).scalar())

    assert (in_request, outside) in {("5000", "30000"), ("5s", "30s")}


def test_a_failing_statement_leaves_no_words_in_the_error(own_app: Flask) -> None:
    statement = text("INSERT INTO note VALUES (:words)")
    with own_app.app_context():
        db.session.execute(text("CREATE TABLE note (words TEXT UNIQUE)"))
        db.session.execute(statement, {"words": "my illness"})
        with pytest.raises(IntegrityError) as raised:
            db.session.execute(statement, {"words": "my illness"})

    assert "my illness" not in str(raised.value)


def test_a_body_of_unknown_length_is_refused_where_a_form_is_expected(own_app: Flask) -> None:
    answer = own_app.test_client().post(
        "/write", headers={"Transfer-Encoding": "chunked"}, environ_overrides={"wsgi.input_terminated": True}
    )

    assert answer.status_code == 411
