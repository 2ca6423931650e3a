"""The tables of an empty database at the revision of a backup, and the way from there to ours."""

from collections.abc import Sequence
from typing import cast

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask_migrate import upgrade

from core.application import create_base_app
from core.database import db, migrate
from core.settings import Settings
from privacy.backup.errors import BackupError


def require_known_revisions(revisions: Sequence[str]) -> None:
    """In an application context."""
    scripts = ScriptDirectory.from_config(cast(Config, migrate.get_config()))
    try:
        for revision in revisions:
            scripts.get_revision(revision)
    except CommandError as error:
        raise BackupError(
            "This backup was made by a newer version of Listening Post. Update this installation, then restore it."
        ) from error


def migrate_to(settings: Settings, revisions: Sequence[str]) -> None:
    with create_base_app(settings).app_context():
        require_known_revisions(revisions)
        for revision in revisions:
            upgrade(revision=revision)
        db.session.remove()
        db.engine.dispose()


def migrate_to_newest(settings: Settings) -> None:
    migrate_to(settings, ["head"])
