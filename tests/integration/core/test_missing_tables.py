"""What a command and a page say on a database whose migrations have not run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.database import db
from core.huey_queues import current_queues
from tests.support.installations import make_settings
from wsgi import create_app


@pytest.fixture
def unprepared(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(make_settings(tmp_path))
    yield app
    with app.app_context():
        db.engine.dispose()
        current_queues().close()


def test_a_command_says_how_to_prepare_the_database(unprepared: Flask) -> None:
    result = unprepared.test_cli_runner().invoke(
        args=["accounts", "add-staff", "amira@charity.example", "Amira", "--role", "coordinator"]
    )

    assert result.exit_code == 1
    assert "The database is not ready. Run this command once" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("address", ["/", "/staff", "/calls/waiting-well"])
def test_a_page_answers_503_and_says_how_to_prepare_the_database(unprepared: Flask, address: str) -> None:
    client = unprepared.test_client()
    with client.session_transaction() as session:
        session["staff_session"] = "0" * 32

    page = client.get(address)

    assert page.status_code == 503
    assert "flask --app wsgi db upgrade" in page.text
