"""Registers this package's pages and commands with the application."""

from flask import Flask

from review.agreement import tasks as agreement_tasks  # noqa: F401 jobs are known once they are imported
from review.coding import answer_changes
from review.commands import review_commands
from review.views import bp


def init_review(app: Flask) -> None:
    answer_changes.follow_answers()
    app.register_blueprint(bp)
    app.cli.add_command(review_commands)
