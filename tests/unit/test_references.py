"""What people type and what stands for them: references, cleaned text, addresses."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.participants import LETTERS, _random_reference
from evidence.words import cleaned, normal_address, one_line


def test_a_reference_can_be_read_out_without_mistaking_a_letter() -> None:
    references = {_random_reference() for _ in range(500)}

    assert all(re.fullmatch(f"P-[{LETTERS}]{{5}}", reference) for reference in references)
    assert not set("01OIL") & set(LETTERS)
    assert len(references) > 490


@given(st.text(st.characters()))
def test_cleaned_text_can_be_stored_and_is_not_cleaned_twice(text: str) -> None:
    words = cleaned(text)

    assert "\x00" not in words
    assert words.encode("utf-8").decode("utf-8") == words
    assert cleaned(words) == words


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_words_in_any_script_stay_as_they_are(text: str) -> None:
    assert cleaned(text) == text


def test_line_breaks_of_every_system_become_the_same() -> None:
    assert cleaned("a\r\nb\rc\nd") == "a\nb\nc\nd"


def test_a_name_stays_on_one_line() -> None:
    assert one_line(" Dev\nBcc: eve@x.example\u202e ") == "Dev Bcc: eve@x.example"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Dev@Home.Example ", "dev@home.example"),
        ("dev@bücher.example", "dev@xn--bcher-kva.example"),
        ("", ""),
        ("dev@" + "x" * 80 + ".example", "dev@" + "x" * 80 + ".example"),
    ],
)
def test_an_address_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert normal_address(typed) == stored
