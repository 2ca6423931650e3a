"""The application, which says in a header of each answer how many queries the page asked: for bench/scale.py."""

from typing import Any

from flask import Flask, Response, g
from sqlalchemy import event

from bench.support.bare_page import create_app_with_bare_page
from core.database import db

QUERY_COUNT_HEADER = "X-Queries"


def create_app_with_counts() -> Flask:
    app = create_app_with_bare_page()

    @app.before_request
    def begin() -> None:
        g.queries = 0

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers[QUERY_COUNT_HEADER] = str(g.get("queries", 0))
        return response

    with app.app_context():

        @event.listens_for(db.engine, "before_cursor_execute")
        def count(*_: Any) -> None:
            if g:
                g.queries = g.get("queries", 0) + 1

    return app
