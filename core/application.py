"""Create the Flask application with everything in core; wsgi.py adds the packages above."""

from contextlib import suppress

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from core import cleanup, own_holders  # noqa: F401 functions that run at each sweep; holders of personal data
from core.commands import core_commands
from core.connections import ENGINE_OPTIONS, limit_lock_waits
from core.database import db, explain_missing_tables, migrate, prepare_sqlite
from core.encryption import MasterKeys
from core.file_storage import Storage
from core.huey_queues import HueyQueues
from core.jobs import QUEUES_EXTENSION
from core.log_privacy import protect_logs
from core.pages import init_pages
from core.settings import PROJECT_ROOT, Settings
from core.storage_commands import check_stored_files, encrypt_storage, rotate_storage_key


def create_base_app(settings: Settings) -> Flask:
    protect_logs()
    app = Flask("listening_post", root_path=str(PROJECT_ROOT), static_folder="static", static_url_path="/static")
    app.extensions["settings"] = settings
    app.config.update(SQLALCHEMY_DATABASE_URI=settings.database_url, SQLALCHEMY_ENGINE_OPTIONS=ENGINE_OPTIONS)
    with suppress(OSError):  # commands that need no data folder still run
        settings.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0)  # type: ignore[method-assign]
    init_pages(app, settings)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(PROJECT_ROOT / "migrations"))
    with app.app_context():
        prepare_sqlite(db.engine)
        limit_lock_waits(db.engine)
        explain_missing_tables(db.engine)
    app.extensions["storage"] = Storage(settings.storage_url, MasterKeys(*settings.storage_keys), settings.s3)
    app.extensions[QUEUES_EXTENSION] = HueyQueues(app, settings)
    for command in (encrypt_storage, rotate_storage_key, check_stored_files):
        core_commands.add_command(command)
    app.cli.add_command(core_commands)
    return app
