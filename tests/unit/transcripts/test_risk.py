"""Where to look first in a transcript, and why."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.text.risk import RiskSign, find_risks, has_confidence_figures
from transcripts.text.spoken import SpokenSegment, SpokenWord

WORDS = ("We", "waited", "for", "six", "months.")
FINE = SpokenSegment(
    0,
    0.0,
    3.0,
    " ".join(WORDS),
    words=tuple(SpokenWord(f" {word}", n * 0.6, (n + 1) * 0.6, 0.9) for n, word in enumerate(WORDS)),
    avg_logprob=-0.2,
    no_speech_prob=0.01,
    compression_ratio=1.3,
    temperature=0.0,
)


@pytest.mark.parametrize(
    ("changes", "sign", "words"),
    [
        ({"temperature": 0.6}, RiskSign.GUESSED, "The machine guessed this at the fourth attempt."),
        ({"temperature": 0.2}, RiskSign.GUESSED, "The machine guessed this at the second attempt."),
        ({"is_silence": True}, RiskSign.SILENCE, "It may be invented: no speech was detected here."),
        ({"is_loop": True, "compression_ratio": 3.0}, RiskSign.LOOP, "It repeats the same words over and over."),
        ({"compression_ratio": 3.0}, RiskSign.REPEATS, "It repeats itself."),
        ({"avg_logprob": -0.9}, RiskSign.UNLIKELY, "The machine was unsure about everything around here."),
        (
            {"is_unclear": True, "text": "[not understood]", "avg_logprob": -1.8, "temperature": 1.0},
            RiskSign.UNCLEAR,
            "Somebody speaks here, but the machine did not understand it. Listen, and write down what is said.",
        ),
        (
            {"language": "la", "language_share": 0.25},
            RiskSign.LANGUAGE,
            "The machine took this for Latin, but was not sure of the language.",
        ),
        ({"end": 0.5}, RiskSign.TOO_FAST, "5 words in 0.5 seconds is faster than people speak."),
        ({"end": 20.0}, RiskSign.TOO_SLOW, "Few words in 20 seconds: some may be missing."),
        ({"start": 9.0, "end": 12.0}, RiskSign.GAP, "Nothing was transcribed for 9 seconds before it."),
        (
            {"words": tuple(SpokenWord(" x", 0, 1, p) for p in (0.1, 0.2, 0.3, 0.9))},
            RiskSign.UNSURE_WORDS,
            "3 of its 4 words are uncertain.",
        ),
    ],
)
def test_each_sign_is_explained(changes: dict[str, Any], sign: RiskSign, words: str) -> None:
    (risk,) = find_risks([replace(FINE, **changes)])

    assert [(reason.sign, reason.text) for reason in risk.reasons] == [(sign, words)]


def test_a_segment_without_signs_is_not_named() -> None:
    assert find_risks([FINE]) == ()


def test_what_an_imported_file_says_nothing_of_is_no_sign() -> None:
    imported = SpokenSegment(0, 0.0, 3.0, "We waited for six months.")

    assert find_risks([imported]) == ()
    assert (has_confidence_figures([imported]), has_confidence_figures([FINE])) == (False, True)


def test_what_pays_most_to_look_at_comes_first() -> None:
    small = replace(FINE, id=0, text="Six months.", avg_logprob=-0.7)
    large = replace(FINE, id=1, start=3.0, end=6.0, avg_logprob=-0.7)
    worst = replace(FINE, id=2, start=6.0, end=9.0, avg_logprob=-0.7, temperature=0.8, is_silence=True)

    assert [risk.segment.id for risk in find_risks([small, large, worst])] == [2, 1, 0]


def test_long_speech_that_was_not_understood_comes_before_a_short_mistake() -> None:
    mistake = replace(FINE, id=0, avg_logprob=-0.7, temperature=0.4)
    unclear = SpokenSegment(1, 3.0, 23.0, "[not understood]", is_unclear=True)

    assert [risk.segment.id for risk in find_risks([mistake, unclear])] == [1, 0]


@pytest.mark.parametrize(("words", "expected"), [(8, ["1 of its 8 words is uncertain."]), (12, [])])
def test_one_unsure_word_in_ten_is_a_sign(words: int, expected: list[str]) -> None:
    text = tuple(SpokenWord(" x", n * 0.5, n * 0.5 + 0.4, 0.3 if n == 2 else 0.9) for n in range(words))

    found = find_risks([replace(FINE, end=words * 0.5, text="x " * words, words=text)])

    assert [reason.text for risk in found for reason in risk.reasons] == expected


def test_a_language_that_is_sure_or_that_a_person_chose_is_no_sign() -> None:
    assert find_risks([replace(FINE, language="de", language_share=0.97)]) == ()
    assert find_risks([replace(FINE, language="cy", language_share=None)]) == ()


figure = st.none() | st.floats(-10, 10)


@given(
    st.lists(
        st.builds(
            SpokenSegment,
            id=st.integers(0, 5),
            start=st.floats(0, 100),
            end=st.floats(0, 100),
            text=st.text(max_size=30),
            avg_logprob=figure,
            no_speech_prob=figure,
            compression_ratio=figure,
            temperature=figure,
            is_loop=st.booleans(),
            is_silence=st.booleans(),
        ),
        max_size=6,
    )
)
def test_any_figures_give_a_list_in_order_with_reasons(segments: list[SpokenSegment]) -> None:
    found = find_risks(segments)

    assert all(risk.reasons and 0 < risk.chance <= 1 for risk in found)
    assert [risk.expected_errors for risk in found] == sorted((risk.expected_errors for risk in found), reverse=True)


@pytest.mark.parametrize(
    ("sound_seconds", "words"),
    [
        (33.0, ["Nothing was transcribed for the last 30 seconds of the recording."]),
        (663.0, ["Nothing was transcribed for the last 11 minutes of the recording."]),
        (10.0, []),
        (None, []),
    ],
)
def test_a_text_that_ends_long_before_its_sound_is_named(sound_seconds: float | None, words: list[str]) -> None:
    earlier = replace(FINE, id=1, start=0.0, end=2.0)

    found = find_risks([FINE, earlier], sound_seconds)

    assert [reason.text for risk in found for reason in risk.reasons] == words
    assert [risk.segment for risk in found] == [FINE] * len(words)
