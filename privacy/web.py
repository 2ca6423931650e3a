"""Registers this package's commands with the application."""

from flask import Flask

from privacy.commands import privacy_commands


def init_privacy(app: Flask) -> None:
    app.cli.add_command(privacy_commands)
