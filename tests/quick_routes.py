"""Make applications quickly: each test has one of its own, with 170 addresses, of which it builds a few.

werkzeug compiles a function for each address as it is added, twice. Here it does so when the address is first built.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

_compile = Rule._compile_builder


def _compile_late(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
    made: list[Callable[..., Any]] = []

    def build(self: Rule, *values: Any, **named: Any) -> Any:
        if not made:
            made.append(_compile(rule, append_unknown))
        return made[0](self, *values, **named)

    return build


def compile_addresses_late() -> None:
    Rule._compile_builder = _compile_late  # type: ignore[method-assign, assignment]
