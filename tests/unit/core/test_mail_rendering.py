"""The blocks of a mail: its HTML part is laid out from the same words as its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.mail_rendering import BlockKind, TextBlock, split_into_blocks

OURS = "https://evidence.example"
TEXT = """Hello Dev,

Your interview is booked.
It lasts an hour.

https://evidence.example/link/abc

- bring nothing
- a companion is welcome
"""


def test_paragraphs_links_and_lists_are_distinguished() -> None:
    assert split_into_blocks(TEXT, OURS) == [
        TextBlock(BlockKind.PARAGRAPH, ("Hello Dev,",)),
        TextBlock(BlockKind.PARAGRAPH, ("Your interview is booked.", "It lasts an hour.")),
        TextBlock(BlockKind.LINK, ("https://evidence.example/link/abc",)),
        TextBlock(BlockKind.LIST, ("bring nothing", "a companion is welcome")),
    ]


def test_an_address_within_a_sentence_is_no_link() -> None:
    assert split_into_blocks("See https://evidence.example now", OURS)[0].kind == "paragraph"


@pytest.mark.parametrize(
    "foreign",
    [
        "https://evil.example/",
        "https://evidence.example.evil.example/link/abc",
        "https://evidence.example@evil.example/",
        "https://evidence.example:443@evil.example/",
        "http://evidence.example/link/abc",
        "https://evidence.example\\@evil.example/",
    ],
)
def test_an_address_of_somebody_else_is_no_link(foreign: str) -> None:
    assert split_into_blocks(f"Look:\n\n{foreign}", OURS)[1].kind == "paragraph"


@given(st.text())
def test_no_word_is_lost(text: str) -> None:
    kept = [word for block in split_into_blocks(text, OURS) for line in block.lines for word in line.split()]

    assert [word for word in kept if word != "-"] == [word for word in text.split() if word != "-"]
