"""Which groups a call still seeks, for those who think of offering an interview."""

from evidence.models import Call
from interviews.rules import rules_of
from interviews.targets.board import board_of
from interviews.targets.stages import By


def still_sought(call: Call) -> list[tuple[By, list[str]]]:
    """The groups below their low target, by what they are grouped by; nothing unless the call is to say so."""
    if not rules_of(call).shows_sought:
        return []
    sections = [
        (section.by, [group.title for group in section.groups if group.sought]) for section in board_of(call).sections
    ]
    return [(by, titles) for by, titles in sections if titles]
