"""What people type and what stands for them: references, cleaned text, addresses."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text_cleaning import clean_single_line, clean_text, normalise_email
from evidence.participants import REFERENCE_ALPHABET, _generate_reference


def test_a_reference_can_be_read_out_without_mistaking_a_letter() -> None:
    references = {_generate_reference() for _ in range(500)}

    assert all(re.fullmatch(f"P-[{REFERENCE_ALPHABET}]{{5}}", reference) for reference in references)
    assert not set("01OIL") & set(REFERENCE_ALPHABET)
    assert len(references) > 490


@given(st.text(st.characters()))
def test_cleaned_text_can_be_stored_and_is_not_cleaned_twice(text: str) -> None:
    words = clean_text(text)

    assert "\x00" not in words
    assert words.encode("utf-8").decode("utf-8") == words
    assert clean_text(words) == words


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_text_in_any_script_stays_as_it_is(text: str) -> None:
    assert clean_text(text) == text


def test_line_breaks_of_every_system_become_the_same() -> None:
    assert clean_text("a\r\nb\rc\nd") == "a\nb\nc\nd"


def test_a_name_stays_on_one_line() -> None:
    assert clean_single_line(" Dev\nBcc: eve@x.example\u202e ") == "Dev Bcc: eve@x.example"


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
    assert normalise_email(typed) == stored
