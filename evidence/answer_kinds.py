"""The kinds of answer that a question can ask for, and how each is stored as text. Pure: no forms, no database."""

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum

AnswerValue = str | date | Sequence[str] | None
CHOICE_SEPARATOR = "\n"  # between the chosen items of "some of"; choices cannot contain line breaks


class AnswerKind(StrEnum):
    LONG_TEXT = "long text"
    SHORT_TEXT = "short text"
    ONE_OF = "one of"
    SOME_OF = "some of"
    DATE = "date"

    @property
    def needs_choices(self) -> bool:
        return self in {AnswerKind.ONE_OF, AnswerKind.SOME_OF}


def _format_text(value: AnswerValue) -> str:
    return value.strip() if isinstance(value, str) else ""


def _join_choices(value: AnswerValue) -> str:
    return "" if value is None or isinstance(value, str | date) else CHOICE_SEPARATOR.join(value)


def _format_date(value: AnswerValue) -> str:
    return value.isoformat() if isinstance(value, date) else ""


def _parse_text(text: str) -> AnswerValue:
    return text or None


def _split_choices(text: str) -> AnswerValue:
    return text.split(CHOICE_SEPARATOR) if text else []


def _parse_date(text: str) -> AnswerValue:
    return date.fromisoformat(text) if text else None


FORMATTERS: dict[AnswerKind, Callable[[AnswerValue], str]] = {
    AnswerKind.LONG_TEXT: _format_text,
    AnswerKind.SHORT_TEXT: _format_text,
    AnswerKind.ONE_OF: _format_text,
    AnswerKind.SOME_OF: _join_choices,
    AnswerKind.DATE: _format_date,
}
PARSERS: dict[AnswerKind, Callable[[str], AnswerValue]] = {
    AnswerKind.LONG_TEXT: _parse_text,
    AnswerKind.SHORT_TEXT: _parse_text,
    AnswerKind.ONE_OF: _parse_text,
    AnswerKind.SOME_OF: _split_choices,
    AnswerKind.DATE: _parse_date,
}


def format_answer(kind: AnswerKind, value: AnswerValue) -> str:
    return FORMATTERS[kind](value)


def parse_answer(kind: AnswerKind, text: str) -> AnswerValue:
    return PARSERS[kind](text)
