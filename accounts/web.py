"""Registers this package's pages and commands, and the rule that every page declares who may open it."""

from flask import Flask, current_app, request
from flask_wtf.csrf import CSRFError
from werkzeug.local import LocalProxy

from accounts import access_log, models, own_holders, tasks  # noqa: F401 rows are known before the first query
from accounts.access import (
    abort_unless_access_declared,
    answer_expired_form,
    current_person,
    get_session_mark,
    renew_participant_session,
)
from accounts.commands import accounts_commands
from accounts.views import bp
from core import worker_health


def init_accounts(app: Flask) -> None:
    app.register_blueprint(bp)
    app.cli.add_command(accounts_commands)
    app.before_request(_check_access_declared)
    app.before_request(renew_participant_session)
    app.register_error_handler(CSRFError, answer_expired_form)
    app.after_request(access_log.record_access)
    app.jinja_env.globals["current_person"] = LocalProxy(current_person)  # looked up only if a page shows it
    app.jinja_env.globals["session_mark"] = get_session_mark
    app.jinja_env.globals["worker_alarms"] = worker_health.list_alarms  # the layout of staff pages shows them


def _check_access_declared() -> None:
    if request.endpoint is not None and request.endpoint != "static":
        abort_unless_access_declared(current_app.view_functions[request.endpoint])
