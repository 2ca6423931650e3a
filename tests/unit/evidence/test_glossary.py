"""The list of names and terms that a call's recordings are heard with: what is kept of what people type."""

import pytest

from evidence.call_json import CallFileError, call_from_json
from evidence.glossary import (
    MAX_TERM_LENGTH,
    MAX_TERMS,
    GlossaryError,
    count_words,
    parse_glossary_terms,
)
from tests.support.small_call import SMALL_CALL


def test_terms_are_kept_once_in_order() -> None:
    terms = parse_glossary_terms(["  hydroxyurea ", "", "Age UK", "hydroxyurea", " \t "])

    assert terms == ("hydroxyurea", "Age UK")
    assert count_words(terms) == 3


def test_characters_that_reverse_text_are_left_out() -> None:
    terms = parse_glossary_terms(["Merthyr\u202e Tydfil\x00", "<b>Lambeth</b>"])

    assert terms == ("Merthyr Tydfil", "<b>Lambeth</b>")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["x" * (MAX_TERM_LENGTH + 1)], "longer than 80 characters"),
        ([f"term {n}" for n in range(MAX_TERMS + 1)], "The list has 501 terms"),
    ],
)
def test_a_list_that_is_too_long_is_refused_with_a_reason(lines: list[str], words: str) -> None:
    with pytest.raises(GlossaryError, match=words):
        parse_glossary_terms(lines)


def test_a_call_file_may_leave_the_glossary_out_or_empty() -> None:
    left_out, empty = call_from_json(SMALL_CALL), call_from_json({**SMALL_CALL, "glossary": []})

    assert (left_out.glossary, empty.glossary) == (None, ())


@pytest.mark.parametrize("glossary", ["hydroxyurea", [7], [["a"]], [""], ["a\x00b"], ["x" * 81], {"a": 1}, None])
def test_a_broken_glossary_in_a_call_file_is_refused_with_a_reason(glossary: object) -> None:
    with pytest.raises(CallFileError, match=r"glossary|control character"):
        call_from_json({**SMALL_CALL, "glossary": glossary})
