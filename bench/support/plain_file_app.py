"""What playing is compared with: the same gunicorn, with Flask's own answer for a plain file in a folder."""

import os
from pathlib import Path
from typing import Any

from flask import Flask, Response, send_from_directory

FOLDER_VARIABLE = "PLAIN_SOUND_FOLDER"


def create_app() -> Flask:
    app = Flask("plain_sound", static_folder=None)
    folder = Path(os.environ[FOLDER_VARIABLE])

    @app.route("/")
    def page() -> str:
        return "<!doctype html><html lang=en><title>Plain</title><h1>Plain</h1></html>"

    @app.route("/<name>")
    def sound(name: str) -> Response:
        return send_from_directory(folder, name, max_age=0)

    inner = app.wsgi_app

    def without_gunicorns_wrapper(environ: dict[str, Any], start_response: Any) -> Any:
        """Reads everything before a range, where Werkzeug's own seeks."""
        return inner({name: value for name, value in environ.items() if name != "wsgi.file_wrapper"}, start_response)

    app.wsgi_app = without_gunicorns_wrapper  # type: ignore[method-assign]  # as Flask's documents say
    return app
