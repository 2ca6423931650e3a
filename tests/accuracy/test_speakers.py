"""How often a guess by voice is wrong, on the samples and mixes of them; more conditions are in bench/speakers.py."""

from dataclasses import replace

import pytest

from bench.labelled_speech import Said
from bench.speakers import SAMPLES, Talk, conditions, crossed, measured, speaker_error, talks
from transcripts.speakers.voices import SURE

MOST_ERROR = 0.15


@pytest.fixture(scope="module")
def all_talks() -> dict[str, Talk]:
    return {talk.name: talk for talk in talks(SAMPLES)}


def test_the_measure_counts_seconds_under_the_best_assignment() -> None:
    truth = [Said(0, 6, "A"), Said(6, 10, "B")]
    swapped_and_a_second_off = [Said(0, 5, "x"), Said(5, 10, "y")]

    assert speaker_error(truth, swapped_and_a_second_off) == pytest.approx(0.1, abs=0.002)
    assert speaker_error(truth, [Said(0, 10, "x")]) == pytest.approx(0.4, abs=0.002)
    assert speaker_error(truth, truth[:1]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["interview-1", "interview-2", "1A with 2A", "1B with 2B"])
def test_where_a_guess_is_shown_it_is_rarely_wrong(name: str, all_talks: dict[str, Talk]) -> None:
    talk = all_talks[name]

    found = [measured(sound, talk.said) for condition, sound in conditions(talk) if condition in {"clean", "telephone"}]

    assert any(separation >= SURE for _, separation in found)
    assert all(error <= MOST_ERROR for error, separation in found if separation >= SURE)


def test_one_voice_that_says_both_parts_is_not_taken_for_two(all_talks: dict[str, Talk]) -> None:
    talk = all_talks["interview-1"]
    alone = crossed(talk, "B", replace(talk, said=talk.said[len(talk.said) // 2 :]), "B")

    _, separation = measured(alone.sound.sum(axis=1), alone.said)

    assert separation < SURE
