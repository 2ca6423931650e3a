"""A new kind of answer is known everywhere that needs to know it."""

import pytest

from evidence.answer_kinds import FROM_TEXT, TO_TEXT, AnswerKind
from evidence.question_forms import FIELDS


@pytest.mark.parametrize("table", [TO_TEXT, FROM_TEXT, FIELDS], ids=["to text", "from text", "form fields"])
def test_every_kind_of_answer_has_its_entry(table: dict[AnswerKind, object]) -> None:
    assert set(table) == set(AnswerKind)
