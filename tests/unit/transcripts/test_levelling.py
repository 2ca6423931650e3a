"""Quiet stretches are raised to the loudness of speech; noise and loud speech are not."""

import numpy as np
import pytest
from numpy.typing import NDArray

from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.levelling import MAX_NOISE_DB, TARGET_DB, level_sound
from transcripts.audio.streams import iter_blocks, wrap_samples

Sound = NDArray[np.float32]
RANDOM = np.random.default_rng(5)


def make_syllables(seconds: float, level_db: float) -> Sound:
    """Bursts of sound a quarter of a second long with silence between, as loud as `level_db` (RMS)."""
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    burst = np.where(at % 0.5 < 0.25, np.sin(2 * np.pi * 200 * at), 0.0)
    syllables: Sound = (burst * np.sqrt(2) * 10 ** (level_db / 20)).astype(np.float32)
    return syllables


def measure_db(sound: Sound) -> float:
    frames = sound[: len(sound) // 320 * 320].reshape(-1, 320)
    return float(10 * np.log10(np.percentile(np.mean(frames**2, axis=1), 90) + 1e-12))


def level(sound: Sound) -> Sound:
    return np.concatenate(list(level_sound(wrap_samples(sound)).open_chunks()))


@pytest.mark.parametrize("level_db", [-50.0, -40.0, -30.0])
def test_a_quiet_turn_after_a_loud_one_becomes_as_loud(level_db: float) -> None:
    sound = np.concatenate([make_syllables(4, -18), make_syllables(4, level_db)])

    levelled = level(sound)

    assert measure_db(levelled[6 * SAMPLE_RATE :]) == pytest.approx(TARGET_DB, abs=2)
    assert np.array_equal(levelled[: 3 * SAMPLE_RATE], sound[: 3 * SAMPLE_RATE])


def test_noise_is_not_raised_to_a_voice() -> None:
    noise = RANDOM.normal(0, 10 ** (-60 / 20), 10 * SAMPLE_RATE).astype(np.float32)

    assert measure_db(level(noise)) <= MAX_NOISE_DB + 1


def test_sound_that_is_loud_enough_is_passed_on_as_it_is() -> None:
    source = wrap_samples(make_syllables(3, -15))

    assert level_sound(source) is source


def test_no_sample_leaves_the_range() -> None:
    quiet = make_syllables(4, -45)
    quiet[2 * SAMPLE_RATE] = 0.9  # a knock

    assert np.abs(level(quiet)).max() <= 1.0


def test_the_pieces_of_a_levelled_recording_fit_together() -> None:
    sound = np.concatenate([make_syllables(10, -18), make_syllables(10, -45)])

    blocks = list(iter_blocks(level_sound(wrap_samples(sound)), 1000))

    assert np.array_equal(np.concatenate(blocks), level(sound))
    assert len(level(sound)) == len(sound)


def test_an_empty_recording_stays_empty() -> None:
    source = wrap_samples(np.empty(0, dtype=np.float32))

    assert list(level_sound(source).open_chunks()) == []
