"""Which tracks of a file are heard: copies and silence are not."""

import math
import random
from array import array

import pytest

from transcripts.audio.track_choice import SURVEY_RATE, TrackSurvey, choose_tracks

SECONDS = 8
Sound = list[float]


def make_voice(seed: int, *, turn: int) -> Sound:
    """Noise with syllables; the turns of the two people are two seconds long."""
    chance = random.Random(seed)
    return [
        chance.gauss(0, 0.1) * (0.6 + 0.4 * math.sin(at / 250 + seed)) * (at // (2 * SURVEY_RATE) % 2 == turn)
        for at in range(SECONDS * SURVEY_RATE)
    ]


ONE, OTHER = make_voice(1, turn=0), make_voice(2, turn=1)
SILENT = [0.0] * len(ONE)


def mix(*parts: tuple[float, Sound]) -> Sound:
    return [sum(gain * sound[at] for gain, sound in parts) for at in range(len(ONE))]


def survey(sound: Sound) -> TrackSurvey:
    track = TrackSurvey()
    track.add(array("f", sound).tobytes())
    track.finish()
    return track


BOTH = mix((1, ONE), (1, OTHER))
LATE = [0.0] * 150 + ONE[:-150]  # by 37 ms


@pytest.mark.parametrize(
    ("tracks", "heard"),
    [
        pytest.param([ONE, OTHER], [0, 1], id="two people"),
        pytest.param([SILENT, OTHER], [1], id="the first is silent"),
        pytest.param([SILENT, SILENT], [0], id="all silent"),
        pytest.param([ONE, ONE], [0], id="the same twice"),
        pytest.param([ONE, LATE], [0], id="the same, delayed by an encoder"),
        pytest.param([BOTH, ONE], [0], id="a mix and a microphone"),
        pytest.param([ONE, BOTH], [1], id="a microphone and a mix"),
        pytest.param([BOTH, ONE, OTHER], [0], id="a mix and both microphones"),
        pytest.param(
            [mix((1, ONE), (0.2, OTHER)), mix((1, OTHER), (0.2, ONE))], [0, 1], id="each hears the other softly"
        ),
        pytest.param([ONE, mix((0.02, OTHER))], [0, 1], id="a very soft second person"),
        pytest.param([ONE, OTHER[: len(OTHER) // 2]], [0, 1], id="somebody left early"),
    ],
)
def test_tracks_that_say_something_of_their_own_are_heard(tracks: list[Sound], heard: list[int]) -> None:
    assert choose_tracks([survey(track) for track in tracks]) == heard


def test_two_steady_tones_are_two_tracks() -> None:
    tones = [[0.2 * math.sin(at * pitch) for at in range(SECONDS * SURVEY_RATE)] for pitch in (0.5, 0.6)]

    assert choose_tracks([survey(tone) for tone in tones]) == [0, 1]
