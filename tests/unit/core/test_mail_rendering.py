"""The blocks of a mail: its HTML part is laid out from the same words as its text."""

from hypothesis import given
from hypothesis import strategies as st

from core.mail_rendering import BlockKind, TextBlock, split_into_blocks

TEXT = """Hello Dev,

Your interview is booked.
It lasts an hour.

https://evidence.example/link/abc

- bring nothing
- a companion is welcome
"""


def test_paragraphs_links_and_lists_are_distinguished() -> None:
    assert split_into_blocks(TEXT) == [
        TextBlock(BlockKind.PARAGRAPH, ("Hello Dev,",)),
        TextBlock(BlockKind.PARAGRAPH, ("Your interview is booked.", "It lasts an hour.")),
        TextBlock(BlockKind.LINK, ("https://evidence.example/link/abc",)),
        TextBlock(BlockKind.LIST, ("bring nothing", "a companion is welcome")),
    ]


def test_an_address_within_a_sentence_is_no_link() -> None:
    assert split_into_blocks("See https://evidence.example now")[0].kind == "paragraph"


@given(st.text())
def test_no_word_is_lost(text: str) -> None:
    kept = [word for block in split_into_blocks(text) for line in block.lines for word in line.split()]

    assert [word for word in kept if word != "-"] == [word for word in text.split() if word != "-"]
