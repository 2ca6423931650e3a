"""The application with one page more, which draws the staff layout around nothing: what bench/web.py compares with."""

from flask import Flask, render_template_string

from accounts.access import public
from wsgi import create_app

BARE_TEMPLATE = """{% extends "layouts/staff.html" %}
{% block page_title %}Bare{% endblock %}
{% block content %}<h1 class="govuk-heading-l">Bare</h1>{% endblock %}"""


def create_app_with_bare_page() -> Flask:
    app = create_app()

    @app.get("/bare")
    @public
    def bare() -> str:
        return render_template_string(BARE_TEMPLATE)

    return app
