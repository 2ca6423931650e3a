"""The blocks of a mail: its HTML part is laid out from the same words as its text."""

from hypothesis import given
from hypothesis import strategies as st

from core.mail_pages import Block, blocks

TEXT = """Hello Dev,

Your interview is booked.
It lasts an hour.

https://evidence.example/link/abc

- bring nothing
- a companion is welcome
"""


def test_paragraphs_links_and_lists_are_told_apart() -> None:
    assert blocks(TEXT) == [
        Block("paragraph", ("Hello Dev,",)),
        Block("paragraph", ("Your interview is booked.", "It lasts an hour.")),
        Block("link", ("https://evidence.example/link/abc",)),
        Block("list", ("bring nothing", "a companion is welcome")),
    ]


def test_an_address_within_a_sentence_is_no_link() -> None:
    assert blocks("See https://evidence.example now")[0].kind == "paragraph"


@given(st.text())
def test_no_word_is_lost(text: str) -> None:
    kept = [word for block in blocks(text) for line in block.lines for word in line.split()]

    assert [word for word in kept if word != "-"] == [word for word in text.split() if word != "-"]
