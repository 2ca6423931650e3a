"""How connections to the database wait: for a lock, for each other, and for a database that restarts."""

from contextlib import closing
from typing import Any

from flask import has_request_context
from sqlalchemy import Engine, event

WEB_LOCK_SECONDS = 5  # a thread of the web server that waits is missing for everyone else
WORKER_LOCK_SECONDS = 30
ENGINE_OPTIONS = {
    "pool_pre_ping": True,  # the first request after a restart of the database works
    "pool_size": 20,  # one for each thread of the web server, and some
    "pool_timeout": WEB_LOCK_SECONDS,
    "hide_parameters": True,  # what people wrote does not belong in a log
}
LOCK_TIMEOUT_STATEMENTS = {"sqlite": "PRAGMA busy_timeout = {}", "postgresql": "SET lock_timeout = {}"}


def limit_lock_waits(engine: Engine) -> None:
    """In a request each statement waits for a lock for at most WEB_LOCK_SECONDS, elsewhere WORKER_LOCK_SECONDS."""
    statement = LOCK_TIMEOUT_STATEMENTS[engine.dialect.name]

    @event.listens_for(engine, "checkout")
    def set_lock_timeout(connection: Any, record: Any, _proxy: object) -> None:
        seconds = WEB_LOCK_SECONDS if has_request_context() else WORKER_LOCK_SECONDS
        if record.info.get("lock_seconds") == seconds:
            return
        with closing(connection.cursor()) as cursor:
            cursor.execute(statement.format(seconds * 1000))
        connection.commit()  # a setting made in a transaction that is rolled back would be lost
        record.info["lock_seconds"] = seconds
