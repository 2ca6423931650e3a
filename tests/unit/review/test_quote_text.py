"""A quote may leave words out and explain others, visibly; it may not say what nobody said."""

import pytest

from review.quotes.quote_text import HiddenChangeError, TextChangeKind, check_edit, compare_texts, split_brackets

SAID = "Well, we waited a very long time, and she cannot walk."


@pytest.mark.parametrize(
    "edited",
    [
        SAID,
        "Well, we waited […] and she cannot walk.",
        "[…] we waited a very long time […]",
        "Well, we waited a very long time, and [my mother] cannot walk.",
        "Well, we waited a very long time, […] she cannot walk.",
        "[We] waited a very long time, and [Nurse A] cannot walk.",
    ],
)
def test_visible_changes_are_allowed(edited: str) -> None:
    assert check_edit(SAID, edited) == edited


@pytest.mark.parametrize(
    "edited",
    [
        "We waited a very long time, and she cannot walk.",
        "Well, we waited a very long time",
        "Well, we waited for a year […]",
        "Well, we waited […] and she can […] walk.",
        "[…] she cannot walk, […] we waited […]",
        "waited a very long time […]",
        "   ",
        "[…]" * 21,
    ],
)
def test_hidden_changes_are_refused(edited: str) -> None:
    with pytest.raises(HiddenChangeError):
        check_edit(SAID, edited)


def test_dots_in_brackets_become_an_ellipsis() -> None:
    assert check_edit(SAID, "Well, we waited [...] and she cannot walk.") == "Well, we waited […] and she cannot walk."


def test_brackets_are_seen() -> None:
    kinds = [(one.kind, one.text) for one in split_brackets("We […] waited.")]

    assert kinds == [(TextChangeKind.SAME, "We "), (TextChangeKind.BRACKETED, "[…]"), (TextChangeKind.SAME, " waited.")]


def test_what_the_participant_changed_is_seen() -> None:
    changes = compare_texts("We waited a year.", "We waited two years.")

    assert "".join(one.text for one in changes if one.kind is not TextChangeKind.ADDED) == "We waited a year."
    assert "".join(one.text for one in changes if one.kind is not TextChangeKind.REMOVED) == "We waited two years."
    assert {one.kind for one in changes} == {TextChangeKind.SAME, TextChangeKind.ADDED, TextChangeKind.REMOVED}
