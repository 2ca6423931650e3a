"""What is marked as a loop or as words in silence, and what is cut out of a loop. No model runs here."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.recognition.hallucinations import (
    Loop,
    compute_repeated_share,
    find_loops,
    mark_loops,
    mark_silence,
    trim_loops,
)
from transcripts.text.spoken import SpokenSegment, SpokenWord


def segment(text: str, start: float = 0.0, **figures: Any) -> SpokenSegment:
    """Half a second a word."""
    words = tuple(
        SpokenWord(f" {word}", start + number / 2, start + number / 2 + 0.5) for number, word in enumerate(text.split())
    )
    return SpokenSegment(0, start, words[-1].end, text, words=words, **figures)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We waited and " + "thank you very much. " * 4, [Loop(3, 19, 4)]),
        ("you " * 8, [Loop(0, 8, 1)]),
        ("No, no, no, no. I did not.", []),
        ("thank you very much " * 3 + "again", []),
        ("We waited for a year and nobody told us why.", []),
        ("", []),
    ],
)
def test_a_phrase_that_follows_itself_too_often_is_a_loop(text: str, expected: list[Loop]) -> None:
    assert find_loops(text.split()) == expected


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=40))
def test_loops_lie_in_order_inside_the_text_and_say_the_same_in_each_round(words: list[str]) -> None:
    for loop in find_loops(words):
        assert 0 <= loop.start < loop.end <= len(words)
        assert all(words[n] == words[n - loop.period] for n in range(loop.start + loop.period, loop.end))


def test_how_much_of_a_text_only_says_again_what_was_said() -> None:
    assert compute_repeated_share("one two " + "we had to wait " * 4) == pytest.approx(12 / 18)
    assert compute_repeated_share("we had to wait and then we had to wait") == 0


def test_a_sentence_that_returns_in_segment_after_segment_is_marked_in_all_of_them() -> None:
    said = [segment("And so it began."), *(segment("Thank you for watching.", 10.0 * n) for n in range(1, 5))]

    marked = mark_loops(said)

    assert [one.is_loop for one in marked] == [False, True, True, True, True]
    assert [one.text for one in marked] == [one.text for one in said]


def test_a_text_that_packs_too_well_is_marked() -> None:
    (marked,) = mark_loops([segment("ha ha ha ha", compression_ratio=2.6)])

    assert marked.is_loop


def test_a_certain_loop_keeps_its_first_round_and_what_is_said_after_it() -> None:
    said = [
        segment("We came early."),
        segment("They put me on a list. " * 4, 5.0),
        segment("They put me on a list. " * 3 + "Then I left.", 25.0),
    ]

    kept = trim_loops(said)

    assert [one.text for one in kept] == ["We came early.", "They put me on a list.", "Then I left."]
    assert [one.is_loop for one in kept] == [False, True, True]
    assert kept[1].end == kept[1].words[-1].end == 8.0
    assert [one.id for one in kept] == [0, 1, 2]


def test_what_may_have_been_said_four_times_is_kept_and_marked() -> None:
    said = [segment("They never called me. " * 4)]

    kept = mark_loops(trim_loops(said))

    assert kept[0].text == said[0].text
    assert kept[0].is_loop


def test_words_where_nobody_was_heard_are_marked() -> None:
    speech = [(0.0, 2.0), (30.0, 34.0)]
    said = [segment("We came early."), segment("Thank you for watching.", 10.0), segment("one two", 33.6)]

    assert [one.is_silence for one in mark_silence(said, speech)] == [False, True, True]


def test_words_are_marked_where_the_model_itself_doubts_that_anybody_spoke() -> None:
    said = [
        segment("Thank you.", no_speech_prob=0.8, avg_logprob=-0.8),
        segment("Thank you.", no_speech_prob=0.8, avg_logprob=-0.1),
        segment("Thank you.", no_speech_prob=0.1, avg_logprob=-0.8),
    ]

    assert [one.is_silence for one in mark_silence(said, [(0.0, 60.0)])] == [True, False, False]
