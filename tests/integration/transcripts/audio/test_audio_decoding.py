"""Recordings of every format are decoded to the end, and refused with a message if they cannot be used."""

from pathlib import Path

import numpy as np
import pytest

from tests.support.make_sound import write_expanding_file, write_silent_video, write_sound_file
from transcripts.audio import decoder
from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.decoder import AudioProblem, DecodeLimits, UnusableRecordingError


def refusal(path: Path, limits: DecodeLimits | None = None) -> UnusableRecordingError:
    with pytest.raises(UnusableRecordingError) as caught:
        decoder.probe(path, limits=limits or DecodeLimits())
    return caught.value


@pytest.mark.parametrize("ending", ["wav", "flac", "mp3", "m4a", "aac", "ogg", "webm", "mp4", "mov"])
def test_each_usual_kind_of_file_is_read_to_its_end(ending: str, tmp_path: Path) -> None:
    path = write_sound_file(tmp_path / f"interview.{ending}", seconds=3.0)

    facts = decoder.probe(path)

    assert facts.duration_seconds == pytest.approx(3.0, abs=0.1)
    assert (facts.channels, facts.has_video) == (1, False)
    assert facts.lost_seconds < 0.1


@pytest.mark.parametrize("ending", ["mp4", "mov"])
def test_the_sound_of_a_video_call_is_read(ending: str, tmp_path: Path) -> None:
    path = write_sound_file(tmp_path / f"call.{ending}", seconds=3.0, video=True)

    facts = decoder.probe(path)

    assert facts.has_video
    assert facts.duration_seconds == pytest.approx(3.0, abs=0.1)


def test_a_second_of_sound_is_the_same_second_in_a_player_when_sound_starts_late(tmp_path: Path) -> None:
    path = write_sound_file(tmp_path / "late.mov", seconds=2.0, starts_at=3.0, video=True)

    sound = decoder.decode(path)

    assert len(sound) / SAMPLE_RATE == pytest.approx(5.0, abs=0.1)
    assert np.abs(sound[: int(2.9 * SAMPLE_RATE)]).max() < 0.01 < np.abs(sound[int(3.1 * SAMPLE_RATE) :]).max()


def test_decoding_keeps_pitch_and_loudness(tmp_path: Path) -> None:
    path = write_sound_file(tmp_path / "tone.flac", seconds=2.0, loudness=(0.3,))

    sound = decoder.decode(path)

    spectrum = np.abs(np.fft.rfft(sound[:SAMPLE_RATE]))
    assert (len(sound), int(spectrum.argmax())) == (2 * SAMPLE_RATE, 300)
    assert np.abs(sound).max() == pytest.approx(0.3, abs=0.01)


def test_one_channel_of_a_stereo_recording_can_be_heard_alone(tmp_path: Path) -> None:
    path = write_sound_file(tmp_path / "telephone.wav", seconds=1.0, loudness=(0.5, 0.1))

    left, right = decoder.decode(path, channel=0), decoder.decode(path, channel=1)

    assert decoder.probe(path).channels == 2
    assert np.abs(left).max() == pytest.approx(0.5, abs=0.02)
    assert np.abs(right).max() == pytest.approx(0.1, abs=0.02)


def test_an_open_file_is_read_like_a_path(tmp_path: Path) -> None:
    path = write_sound_file(tmp_path / "open.m4a")

    with path.open("rb") as recording:
        facts = decoder.probe(recording)

    assert facts == decoder.probe(path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp3"
    path.write_bytes(b"")

    assert refusal(path).reason is AudioProblem.EMPTY


@pytest.mark.parametrize(
    "content",
    [b"Minutes of the meeting on Monday.\n" * 500, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 60, b"PK\x03\x04" * 999],
    ids=["text", "picture", "archive"],
)
@pytest.mark.parametrize("name", ["interview.wav", "interview.mp3"])
def test_what_is_not_sound_is_refused_whatever_it_is_called(content: bytes, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    assert refusal(path).reason is AudioProblem.NOT_AUDIO


def test_a_video_without_sound_is_refused(tmp_path: Path) -> None:
    path = write_silent_video(tmp_path / "screen.mp4")

    assert refusal(path).reason is AudioProblem.NO_AUDIO


@pytest.mark.parametrize("ending", ["wav", "mp3", "ogg", "m4a"])
def test_a_recording_that_is_silent_throughout_is_refused(ending: str, tmp_path: Path) -> None:
    path = write_sound_file(tmp_path / f"silent.{ending}", seconds=2.0, loudness=(0.0, 0.0))

    assert refusal(path).reason is AudioProblem.SILENT


@pytest.mark.parametrize("ending", ["wav", "flac", "mp3", "m4a", "mov", "webm", "ogg"])
def test_a_recording_that_was_cut_off_is_refused(ending: str, tmp_path: Path) -> None:
    path = write_sound_file(tmp_path / f"cut.{ending}", seconds=12.0)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    error = refusal(path)

    assert error.reason is AudioProblem.DAMAGED
    assert "copy it from the recording device again" in str(error)


def test_the_message_says_how_much_of_a_cut_recording_is_there(tmp_path: Path) -> None:
    path = write_sound_file(tmp_path / "cut.flac", seconds=12.0)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    assert "It should be 12 s long, but only 6 s can be played." in str(refusal(path))


def test_a_recording_over_the_limit_is_refused_before_it_is_all_decoded(tmp_path: Path) -> None:
    path = write_sound_file(tmp_path / "long.ogg", seconds=4.0)

    error = refusal(path, DecodeLimits(longest_seconds=3.0))

    assert error.reason is AudioProblem.TOO_LONG
    assert "The limit is 3 s." in str(error)


@pytest.mark.parametrize("megabytes", [150, 300])
def test_a_small_file_that_unfolds_beyond_the_memory_allowed_is_stopped(megabytes: int, tmp_path: Path) -> None:
    path = write_expanding_file(tmp_path / "unfolding.flac")

    error = refusal(path, DecodeLimits(memory_bytes=megabytes << 20))

    assert error.reason is AudioProblem.TOO_HEAVY


def test_a_decoder_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = write_sound_file(tmp_path / "slow.mp3", seconds=4.0)

    error = refusal(path, DecodeLimits(wait_seconds=0.001))

    assert error.reason is AudioProblem.TOO_HEAVY
