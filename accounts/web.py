"""Join this package to the application: its pages, its commands, and the rule that every page says who may open it."""

from flask import Flask, current_app, request
from werkzeug.local import LocalProxy

from accounts import commands, models  # noqa: F401 rows and commands must be known before the first use
from accounts.access import abort_unless_access_declared, current_person
from accounts.views import bp
from core import worker_health


def init_accounts(app: Flask) -> None:
    """Register what this package adds."""
    app.register_blueprint(bp)
    app.before_request(_check_access_declared)
    app.jinja_env.globals["current_person"] = LocalProxy(current_person)  # looked up only where a page shows it
    app.jinja_env.globals["worker_alarms"] = worker_health.list_alarms  # the layout of staff pages shows them


def _check_access_declared() -> None:
    if request.endpoint is not None and request.endpoint != "static":
        abort_unless_access_declared(current_app.view_functions[request.endpoint])
