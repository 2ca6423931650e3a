"""The kinds of answer that a question can ask for, and how each is kept as text. Pure: no forms, no database."""

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum

Value = str | date | Sequence[str] | None
SEPARATOR = "\n"  # between the chosen items of "some of"; no choice may contain a line break


class AnswerKind(StrEnum):
    LONG_TEXT = "long text"
    SHORT_TEXT = "short text"
    ONE_OF = "one of"
    SOME_OF = "some of"
    DATE = "date"

    @property
    def needs_choices(self) -> bool:
        return self in {AnswerKind.ONE_OF, AnswerKind.SOME_OF}


def _text(value: Value) -> str:
    return value.strip() if isinstance(value, str) else ""


def _some(value: Value) -> str:
    return "" if value is None or isinstance(value, str | date) else SEPARATOR.join(value)


def _date(value: Value) -> str:
    return value.isoformat() if isinstance(value, date) else ""


def _same(text: str) -> Value:
    return text or None


def _split(text: str) -> Value:
    return text.split(SEPARATOR) if text else []


def _parse_date(text: str) -> Value:
    return date.fromisoformat(text) if text else None


TO_TEXT: dict[AnswerKind, Callable[[Value], str]] = {
    AnswerKind.LONG_TEXT: _text,
    AnswerKind.SHORT_TEXT: _text,
    AnswerKind.ONE_OF: _text,
    AnswerKind.SOME_OF: _some,
    AnswerKind.DATE: _date,
}
FROM_TEXT: dict[AnswerKind, Callable[[str], Value]] = {
    AnswerKind.LONG_TEXT: _same,
    AnswerKind.SHORT_TEXT: _same,
    AnswerKind.ONE_OF: _same,
    AnswerKind.SOME_OF: _split,
    AnswerKind.DATE: _parse_date,
}


def to_text(kind: AnswerKind, value: Value) -> str:
    """What is stored for a value given in a form; the empty string for no answer."""
    return TO_TEXT[kind](value)


def from_text(kind: AnswerKind, text: str) -> Value:
    """The value to put back into a form field; the inverse of `to_text`."""
    return FROM_TEXT[kind](text)
