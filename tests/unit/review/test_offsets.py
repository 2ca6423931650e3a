"""Words that were coded are found again after their answer was changed."""

import pytest

from review.coding.offsets import carry_offsets

OLD = "We waited a long time. It was bad."


@pytest.mark.parametrize(
    ("words", "new", "expected"),
    [
        ("waited", "We waited a long time. It was bad.", "waited"),
        ("waited", "Last year we waited a long time. It was bad.", "waited"),
        ("waited a long time", "We waited a very long time. It was bad.", "waited a very long time"),
        ("waited a long time", "We waited a lonng tme. It was bad.", "waited a lonng tme"),
        ("It was bad.", "We waited a long time.\n\nIt was really bad!", "It was really bad!"),
        ("It was bad.", "We waited a long time.", ""),
        ("waited", "", ""),
    ],
)
def test_a_span_follows_its_words(words: str, new: str, expected: str) -> None:
    start = OLD.index(words)

    ((start_after, end_after),) = carry_offsets(OLD, new, [(start, start + len(words))])

    assert new[start_after:end_after].strip() == expected


def test_letters_outside_the_basic_plane_count_once() -> None:
    old, new = "😀 We waited.", "😀😀 We waited."

    assert carry_offsets(old, new, [(2, 12)]) == [(3, 13)]


def test_two_long_texts_that_share_nothing_take_little_time() -> None:
    old, new = "alpha beta " * 4000, "gamma delta " * 4000

    assert carry_offsets(old, new, [(0, len(old))]) == [(0, len(new))]
