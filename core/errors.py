"""Errors with messages for people. Views show them; commands print them and exit with an error."""


class RuleError(Exception):
    """A rule was broken; the message says which, so that a volunteer understands it."""


class SettingsError(Exception):
    """A setting cannot be used; the message says which one and what to do."""


class NotReadyError(Exception):
    """Something is not available yet; a job that raises this waits and shows the message."""
