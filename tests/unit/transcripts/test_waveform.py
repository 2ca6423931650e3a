"""The wave that is drawn of a recording: its loudest moments, evenly over the whole."""

from array import array

import pytest

from transcripts.audio.waveform import MAX_VALUES, Waveform


def wave_of(samples: list[float], piece: int, expected: float | None = None) -> list[int]:
    wave = Waveform(len(samples) if expected is None else expected)
    for start in range(0, len(samples), piece):
        wave.add_samples(array("f", samples[start : start + piece]))
    return wave.compute_peaks()


@pytest.mark.parametrize("piece", [1, 999, 1_000_000])
def test_a_stretch_is_as_high_as_its_loudest_moment_on_either_side(piece: int) -> None:
    samples = [0.0] * 3000 + [-0.5] * 3000 + [0.25] * 3000

    peaks = wave_of(samples, piece)

    assert peaks[:: len(peaks) // 9] == [0, 0, 0, 100, 100, 100, 50, 50, 50]


def test_however_it_comes_the_wave_is_the_same() -> None:
    samples = [((number * 7919) % 1000 - 500) / 1000 for number in range(30_000)]

    waves = [wave_of(samples, piece) for piece in (30_000, 4095, 15)]

    assert waves[0] == waves[1] == waves[2]
    assert len(waves[0]) == MAX_VALUES
    assert max(waves[0]) == 100


@pytest.mark.parametrize(("real", "expected"), [(5000, 4000.0), (4000, 5000.0), (3, 30_000.0), (0, 10.0)])
def test_a_length_that_was_guessed_wrong_neither_stops_nor_shifts_it(real: int, expected: float) -> None:
    peaks = wave_of([0.5] * real, 1000, expected)

    assert set(peaks) <= {100}
    assert len(peaks) == -(-real // -(-int(expected) // MAX_VALUES))


def test_silence_is_flat() -> None:
    assert set(wave_of([0.0] * 10_000, 500)) == {0}
