"""How often a guess by voice is wrong, on the samples and mixes of them; more conditions are in bench/speakers.py."""

from dataclasses import replace

import pytest

from bench.support.labelled_speech import SpeechTurn
from bench.support.two_speaker_talks import (
    SAMPLES,
    TwoChannelTalk,
    cross_talks,
    list_conditions,
    make_talks,
    measure,
    measure_speaker_error,
)
from transcripts.speakers.voice_clustering import MIN_SEPARATION

MOST_ERROR = 0.15


@pytest.fixture(scope="module")
def all_talks() -> dict[str, TwoChannelTalk]:
    return {talk.name: talk for talk in make_talks(SAMPLES)}


def test_the_measure_counts_seconds_under_the_best_assignment() -> None:
    truth = [SpeechTurn(0, 6, "A"), SpeechTurn(6, 10, "B")]
    swapped_and_a_second_off = [SpeechTurn(0, 5, "x"), SpeechTurn(5, 10, "y")]

    assert measure_speaker_error(truth, swapped_and_a_second_off) == pytest.approx(0.1, abs=0.002)
    assert measure_speaker_error(truth, [SpeechTurn(0, 10, "x")]) == pytest.approx(0.4, abs=0.002)
    assert measure_speaker_error(truth, truth[:1]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["interview-1", "interview-2", "1A with 2A", "1B with 2B"])
def test_where_a_guess_is_shown_it_is_rarely_wrong(name: str, all_talks: dict[str, TwoChannelTalk]) -> None:
    talk = all_talks[name]

    found = [
        measure(sound, talk.turns) for condition, sound in list_conditions(talk) if condition in {"clean", "telephone"}
    ]

    assert any(separation >= MIN_SEPARATION for _, separation in found)
    assert all(error <= MOST_ERROR for error, separation in found if separation >= MIN_SEPARATION)


def test_one_voice_that_says_both_parts_is_not_taken_for_two(all_talks: dict[str, TwoChannelTalk]) -> None:
    talk = all_talks["interview-1"]
    alone = cross_talks(talk, "B", replace(talk, turns=talk.turns[len(talk.turns) // 2 :]), "B")

    _, separation = measure(alone.sound.sum(axis=1), alone.turns)

    assert separation < MIN_SEPARATION
