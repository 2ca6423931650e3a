"""The kinds of answer: each goes to text and back without loss."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.answer_kinds import (
    FORMATTERS,
    PARSERS,
    AnswerKind,
    AnswerValue,
    format_answer,
    parse_answer,
)
from evidence.question_forms import FIELD_BUILDERS


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (AnswerKind.LONG_TEXT, " Two\nlines ", "Two\nlines"),
        (AnswerKind.SHORT_TEXT, "One line", "One line"),
        (AnswerKind.ONE_OF, "Blue", "Blue"),
        (AnswerKind.SOME_OF, ["Red", "Blue"], "Red\nBlue"),
        (AnswerKind.DATE, date(2026, 3, 1), "2026-03-01"),
        (AnswerKind.DATE, None, ""),
        (AnswerKind.SOME_OF, [], ""),
    ],
)
def test_a_value_is_stored_as_text(kind: AnswerKind, value: AnswerValue, text: str) -> None:
    assert format_answer(kind, value) == text


@given(st.dates())
def test_a_date_survives_being_stored(day: date) -> None:
    assert parse_answer(AnswerKind.DATE, format_answer(AnswerKind.DATE, day)) == day


@given(st.lists(st.text(st.characters(exclude_characters="\n"), min_size=1)))
def test_chosen_items_survive_being_stored(items: list[str]) -> None:
    assert parse_answer(AnswerKind.SOME_OF, format_answer(AnswerKind.SOME_OF, items)) == items


def test_every_kind_can_be_stored_read_and_asked() -> None:
    kinds = set(AnswerKind)

    assert set(FORMATTERS) == kinds
    assert set(PARSERS) == kinds
    assert set(FIELD_BUILDERS) == kinds
