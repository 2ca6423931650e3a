"""Which mix of the channels a region gets, so that nobody is cancelled."""

from array import array

import pytest

from transcripts.audio.channel_mix import ChannelMixer, MixChooser, RegionPower, interleave, list_plane_terms

LEFT, RIGHT, MEAN, DIFFERENCE = range(4)
EQUAL = RegionPower((1.0, 1.0), 1.0)
UNRELATED = RegionPower((1.0, 1.0), 0.5)
INVERTED = RegionPower((1.0, 1.0), 0.001)
PARTLY_INVERTED = RegionPower((1.2, 0.8), 0.25)
QUIET = RegionPower((1e-13, 1e-13), 1e-13)


@pytest.mark.parametrize(
    ("power", "plane"),
    [
        pytest.param(EQUAL, MEAN, id="mono as stereo"),
        pytest.param(UNRELATED, MEAN, id="a person on each side"),
        pytest.param(INVERTED, DIFFERENCE, id="inverted"),
        pytest.param(PARTLY_INVERTED, LEFT, id="partly inverted: the louder side"),
        pytest.param(RegionPower((1.0, 0.0), 0.25), LEFT, id="the right side silent"),
        pytest.param(RegionPower((0.0, 1.0), 0.25), RIGHT, id="the left side silent"),
        pytest.param(QUIET, MEAN, id="nobody speaks"),
    ],
)
def test_a_region_of_two_channels_gets_what_loses_least(power: RegionPower, plane: int) -> None:
    assert MixChooser(2).choose_plane(power) == plane


def test_a_quiet_region_keeps_the_mix_of_the_one_before() -> None:
    chooser = MixChooser(2)

    assert [chooser.choose_plane(power) for power in (INVERTED, QUIET)] == [DIFFERENCE, DIFFERENCE]


def test_once_somebody_was_inverted_only_equal_channels_are_averaged() -> None:
    chooser = MixChooser(2)
    chosen = [chooser.choose_plane(power) for power in (UNRELATED, INVERTED, INVERTED, UNRELATED, EQUAL)]

    assert chosen == [MEAN, DIFFERENCE, DIFFERENCE, LEFT, MEAN]


def test_several_microphones_that_cancel_each_other_give_the_loudest() -> None:
    assert MixChooser(4).choose_plane(RegionPower((1.0, 1.1, 0.1, 0.1), 0.01)) == 1


def test_the_planes_are_the_channels_their_mean_and_the_difference_of_two() -> None:
    assert list_plane_terms(2) == ["c0", "c1", "0.500000*c0+0.500000*c1", "0.5*c0-0.5*c1"]
    assert len(list_plane_terms(6)) == 7


def test_every_sample_comes_out_once_and_in_order() -> None:
    mixer = ChannelMixer(2, rate=100, output_channels=1)
    left = array("f", (number / 1000 for number in range(275)))
    planes = [left, left, left, array("f", bytes(4 * len(left)))]

    heard = b"".join([*mixer.add([plane.tobytes() for plane in planes]), *mixer.flush()])

    assert array("f", heard) == left


def test_two_sides_stay_apart_unless_one_is_inverted() -> None:
    rate, wave = 1000, array("f", ((-1) ** number * 0.5 for number in range(500)))
    silent, inverted = array("f", bytes(4 * 500)), array("f", (-sample for sample in wave))

    kept = b"".join(ChannelMixer(2, rate, 2).add([p.tobytes() for p in (wave, wave, wave, silent)]))
    repaired = b"".join(ChannelMixer(2, rate, 2).add([p.tobytes() for p in (wave, inverted, silent, wave)]))

    assert kept == repaired == interleave([wave, wave])
