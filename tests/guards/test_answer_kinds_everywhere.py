"""A new kind of answer is known everywhere that needs to know it."""

import pytest

from evidence.answer_kinds import FORMATTERS, PARSERS, AnswerKind
from evidence.question_forms import FIELD_BUILDERS


@pytest.mark.parametrize("table", [FORMATTERS, PARSERS, FIELD_BUILDERS], ids=["to text", "from text", "form fields"])
def test_every_kind_of_answer_has_its_entry(table: dict[AnswerKind, object]) -> None:
    assert set(table) == set(AnswerKind)
