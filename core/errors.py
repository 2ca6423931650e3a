"""Errors whose words are for people. Views show them; commands print them and end with a status that is not 0."""


class RuleError(Exception):
    """A rule was broken; the text says which, in words that a volunteer understands."""


class SettingsError(Exception):
    """The operator's settings cannot be used; the text says which one and what to do."""


class NotReadyError(Exception):
    """Something is missing that will come later; a job that raises it waits and shows the text."""
