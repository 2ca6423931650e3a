"""What a command says on a database whose migrations have not run."""

from pathlib import Path

import pytest

from core.database import db
from core.huey_queues import current_queues
from core.settings import Settings
from tests.support.installations import make_settings
from wsgi import create_app


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


def test_a_command_says_how_to_prepare_the_database(settings: Settings) -> None:
    app = create_app(settings)

    said = app.test_cli_runner().invoke(
        args=["accounts", "add-staff", "amira@charity.example", "Amira", "--role", "coordinator"]
    )

    assert said.exit_code == 1
    assert "The database is not prepared" in said.output
    assert "Traceback" not in said.output
    with app.app_context():
        db.engine.dispose()
        current_queues().close()
