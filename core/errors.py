"""Errors with messages for people. Views show them; commands print them and exit with an error."""

from click import ClickException


class RuleError(Exception):
    """A rule was broken; the message says which, so that a volunteer understands it."""


class SettingsError(ClickException):
    """A setting cannot be used; the message says which one and what to do. Every command ends with it."""


class NotReadyError(Exception):
    """Something is not available yet; a job that raises this waits and shows the message."""
