"""Exits: functions whose output has a participant's words or sound. Each declares itself, for what use, and to whom.

A page, job or command puts `@exits.returns(…)` directly on its function. tests/guards/test_exits.py calls everything
and fails when words come out of a function that is not declared here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from inspect import unwrap
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


class ExitUse(StrEnum):
    """What the words are used for. What each needs from the person: evidence/consent_rules.py."""

    READING = "reading"
    LISTENING = "listening"
    TRANSCRIBING = "transcribing"
    CORRECTING = "correcting"
    MAPPING = "mapping"
    LEARNING = "learning from"
    SEARCH = "search"
    QUOTE_NAMED = "quote with name"
    QUOTE_UNNAMED = "quote without name"
    SHARING = "share"
    ARCHIVING = "archive"
    EXPORT = "export"
    PUBLICATION = "publication"
    MASS_EMAIL = "email to many"
    ARRANGING = "arranging their interview"  # needs, messages, comments on a write-up
    OWN_COPY = "the person's own copy"
    OPERATOR_FILE = "a file of the operator's"  # a command without a database, which knows no participant


class ExitAudience(StrEnum):
    PERSON = "the person"
    STAFF = "staff"
    WORKER = "this machine"
    OPERATOR = "the operator"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Exit:
    function: str  # module and name
    what: str
    uses: tuple[ExitUse, ...]
    audience: ExitAudience


_exits: dict[str, Exit] = {}


def returns(what: str, *uses: ExitUse, to: ExitAudience = ExitAudience.STAFF) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        name = _get_name(function)
        _exits[name] = Exit(name, what, uses, to)
        return function

    return register


def find_exit(function: Callable[..., Any] | None) -> Exit | None:
    """Of a function, or of what decorators made of it."""
    return _exits.get(_get_name(unwrap(function))) if function is not None else None


def list_exits() -> list[Exit]:
    return sorted(_exits.values(), key=lambda one: one.function)


def _get_name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"
