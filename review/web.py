"""Registers this package's pages, jobs and commands with the application."""

from flask import Flask

from review import tasks  # noqa: F401 jobs are known once they are imported
from review.agreement import tasks as agreement_tasks  # noqa: F401 jobs are known once they are imported
from review.coding import answer_changes
from review.commands import review_commands
from review.erasure import holders  # noqa: F401 the same
from review.exports import paths_in_use  # noqa: F401 the same
from review.search import index_changes  # noqa: F401 the same
from review.views import bp


def init_review(app: Flask) -> None:
    answer_changes.follow_answers()
    app.register_blueprint(bp)
    app.cli.add_command(review_commands)
