"""Recordings as recorders, telephones and screen recorders make them: everything in them is heard."""

import io
from pathlib import Path

import numpy as np
import pytest

from tests.support import make_field_sound
from tests.support.make_field_sound import (
    Sound,
    decode_here,
    encode_wav,
    make_voice,
    measure_gain,
    state_wav_length,
    write_tracks,
)
from tests.support.make_sound import CODECS, write_sound_file
from transcripts.audio import decoder
from transcripts.audio.audio_facts import AudioFacts, AudioProblem, UnusableRecordingError
from transcripts.audio.listening_encoder import ListeningCopy
from transcripts.audio.stream_decoder import UnusableAudioError

ONE, OTHER = make_voice(1), make_voice(2, is_second=True)
HALFWAY = np.arange(len(ONE)) < len(ONE) // 2
HISS = 2e-4 * np.random.default_rng(3).normal(size=(2, len(ONE))).astype(np.float32)
ROOM_HUM = (0.3 * np.sin(2 * np.pi * 50 * np.arange(len(ONE)) / make_field_sound.RATE)).astype(np.float32)


def read_facts(content: bytes) -> AudioFacts:
    return decode_here(content)[0]


def refuse(content: bytes) -> UnusableRecordingError:
    with pytest.raises(UnusableRecordingError) as caught:
        decoder.probe(io.BytesIO(content))
    return caught.value


def get_reason(content: bytes) -> AudioProblem:
    with pytest.raises(UnusableAudioError) as caught:
        read_facts(content)
    return caught.value.reason


@pytest.mark.parametrize(
    "ending", sorted(set(CODECS) - {"wav", "flac", "mp3", "m4a", "aac", "ogg", "webm", "mp4", "mov"})
)
def test_each_kind_that_recorders_write_is_read_to_its_end(ending: str, tmp_path: Path) -> None:
    path = write_sound_file(tmp_path / f"interview.{ending}", seconds=3.0, video=ending in {"avi", "mts", "mpg"})

    facts = read_facts(path.read_bytes())

    assert facts.duration_seconds == pytest.approx(3.0, abs=0.1)
    assert facts.lost_seconds < 0.1


@pytest.mark.parametrize("ending", ["aiff", "caf", "w64", "au", "wma", "avi", "wv", "tta", "mka"])
def test_a_recording_of_those_kinds_that_was_cut_is_refused(ending: str, tmp_path: Path) -> None:
    content = write_sound_file(tmp_path / f"cut.{ending}", seconds=12.0).read_bytes()

    assert get_reason(content[: len(content) // 2 + 1]) is AudioProblem.DAMAGED


@pytest.mark.parametrize("name", ["phone.amr", "phone.3gp"])
def test_pauses_that_a_telephone_does_not_send_are_no_loss(name: str, tmp_path: Path) -> None:
    voice = make_voice(1, rate=make_field_sound.TELEPHONE_RATE)
    path = make_field_sound.write_telephone(tmp_path / name, voice)
    whole = make_field_sound.write_telephone(tmp_path / f"whole {name}", voice, sends_pauses=True)

    facts = read_facts(path.read_bytes())

    assert path.stat().st_size < 0.75 * whole.stat().st_size
    assert facts.lost_seconds == 0
    assert facts.duration_seconds == pytest.approx(make_field_sound.SECONDS, abs=0.1)


def test_wideband_comfort_noise_is_no_loss() -> None:
    speech = b"".join(bytes([0x44]) + np.random.default_rng(n).bytes(60) for n in range(50))
    pause = (bytes([0x4C]) + bytes(5) + bytes([0x7C]) * 7) * 10  # a description of the noise, then frames with no data

    facts = read_facts(b"#!AMR-WB\n" + speech + pause + speech)

    assert facts.codec == "amrwb"
    assert facts.lost_seconds == 0
    assert facts.duration_seconds == pytest.approx(0.02 * 180)


@pytest.mark.parametrize(
    ("left", "right", "voices"),
    [
        pytest.param(ONE, -ONE, [ONE], id="a balanced cable in a stereo socket"),
        pytest.param(ONE + HISS[0], HISS[1] - ONE, [ONE], id="with the hiss of two preamplifiers"),
        pytest.param(ONE + ROOM_HUM, ROOM_HUM - ONE, [ONE], id="with loud hum on both"),
        pytest.param(ONE, -0.4 * ONE, [ONE], id="one side softer"),
        pytest.param(ONE + OTHER, ONE - OTHER, [ONE, OTHER], id="one person inverted, the other not"),
        pytest.param(ONE + OTHER, 0.9 * (ONE + OTHER), [ONE, OTHER], id="nobody inverted"),
        pytest.param(ONE, 0 * ONE, [ONE], id="one side silent"),
        pytest.param(ONE, OTHER, [ONE, OTHER], id="one person on each side"),
        pytest.param(
            np.where(HALFWAY, ONE, -ONE), ONE, [np.where(HALFWAY, ONE, -ONE)], id="inverted from the middle on"
        ),
    ],
)
def test_nobody_is_cancelled_when_channels_are_mixed(left: Sound, right: Sound, voices: list[Sound]) -> None:
    facts, heard = decode_here(encode_wav([left, right]))

    assert (facts.channels, len(heard)) == (2, len(ONE))
    assert all(0.65 < measure_gain(heard, voice) < 1.2 for voice in voices)


def test_four_microphones_are_mixed_without_loss() -> None:
    heard = decode_here(encode_wav([ONE, -ONE, 0 * ONE, OTHER]))[1]

    assert min(measure_gain(heard, ONE), 2 * measure_gain(heard, OTHER)) > 0.4


def test_the_listening_copy_of_inverted_stereo_is_heard_through_one_loudspeaker() -> None:
    copy = ListeningCopy(io.BytesIO(encode_wav([ONE, -ONE])), seconds=12.0, channels=2, on_progress=lambda _share: None)

    encoded = b"".join(iter(copy.read, b""))
    left, right = (decode_here(encoded, channel=channel)[1] for channel in (0, 1))

    assert np.corrcoef(left, right)[0, 1] > 0.99
    assert max(copy.peaks) == 100


@pytest.mark.parametrize("ending", ["mkv", "mp4"])
def test_each_person_on_a_track_of_their_own_is_heard_and_can_be_heard_alone(ending: str, tmp_path: Path) -> None:
    path = write_tracks(tmp_path / f"screen.{ending}", [ONE, OTHER], codec="aac", sample_format="fltp")

    facts, heard = decode_here(path.read_bytes())
    alone = [decode_here(path.read_bytes(), channel=track)[1] for track in (0, 1)]

    assert facts.channels == 2
    assert all(np.sqrt(np.mean(heard**2)) > np.sqrt(np.mean(voice**2)) for voice in (ONE, OTHER))
    assert np.abs(alone[0][34_000:62_000]).max() < 0.02 < np.abs(alone[0][:30_000]).max()
    assert np.abs(alone[1][2000:30_000]).max() < 0.02 < np.abs(alone[1][34_000:62_000]).max()


@pytest.mark.parametrize(
    ("tracks", "channels"),
    [
        pytest.param([0 * ONE, ONE], 1, id="the first is silent"),
        pytest.param([ONE, ONE], 1, id="the same twice"),
        pytest.param([ONE, 0.5 * ONE], 1, id="the same, softer"),
        pytest.param([ONE + OTHER, OTHER], 1, id="a mix and one microphone"),
        pytest.param([ONE, ONE + OTHER], 1, id="one microphone and a mix"),
        pytest.param([ONE, OTHER], 2, id="two people"),
        pytest.param([ONE, 0.03 * OTHER], 2, id="two people, one of them 30 dB softer"),
        pytest.param([ONE, OTHER[: len(OTHER) // 2]], 2, id="two people, one left early"),
        pytest.param([ONE + 0.2 * OTHER, OTHER + 0.2 * ONE], 2, id="microphones that hear the other softly"),
        pytest.param([ONE + OTHER, ONE, OTHER], 1, id="a mix and both microphones"),
        pytest.param([ONE, OTHER, make_voice(5)], 1, id="three people, mixed"),
    ],
)
def test_tracks_are_heard_once(tracks: list[Sound], channels: int, tmp_path: Path) -> None:
    content = write_tracks(tmp_path / "tracks.mkv", tracks).read_bytes()

    facts, heard = decode_here(content)

    assert facts.channels == channels
    assert facts.duration_seconds == pytest.approx(make_field_sound.SECONDS, abs=0.1)
    assert len(heard) == pytest.approx(len(ONE), abs=2000)
    if channels == 1 and len(tracks) < 3:
        assert measure_gain(heard, ONE) == pytest.approx(measure_gain(max(tracks, key=np.std), ONE), abs=0.05)


def test_the_listening_copy_has_two_tracks_side_by_side(tmp_path: Path) -> None:
    path = write_tracks(tmp_path / "tracks.mkv", [ONE, OTHER])
    with path.open("rb") as source:
        copy = ListeningCopy(source, seconds=12.0, channels=2, on_progress=lambda _share: None)
        encoded = b"".join(iter(copy.read, b""))

    left, right = (decode_here(encoded, channel=channel)[1] for channel in (0, 1))

    assert np.abs(left[34_000:62_000]).max() < 0.05 < np.abs(left[:30_000]).max()
    assert np.abs(right[2000:30_000]).max() < 0.05 < np.abs(right[34_000:62_000]).max()


WAV = encode_wav([ONE])
STATED = len(WAV) - 44


@pytest.mark.parametrize(
    "stated",
    [0, 0xFFFFFFFF, 0xFFFFFFFF - 36, 0x7FFFFFFF, 0x7FFFF000, 0x80000000, 2_000_000_000, 1_000_000_000],
)
def test_a_streamed_file_with_a_placeholder_for_its_length_is_complete(stated: int) -> None:
    facts = read_facts(state_wav_length(WAV, stated))

    assert facts.duration_seconds == pytest.approx(make_field_sound.SECONDS)
    assert facts.lost_seconds == 0


@pytest.mark.parametrize("ending", ["wav", "aiff", "caf", "w64", "au"])
@pytest.mark.parametrize("share", [0.25, 0.5, 0.9])
def test_sound_behind_the_stated_length_is_heard(ending: str, share: float, tmp_path: Path) -> None:
    """The recorder wrote its header before the end, and lost power later."""
    whole = write_sound_file(tmp_path / f"a.{ending}", seconds=6.0).read_bytes()
    part = write_sound_file(tmp_path / f"b.{ending}", seconds=6.0 * share).read_bytes()

    facts = read_facts(part[: len(whole) - 6 * 96_000] + whole[len(whole) - 6 * 96_000 :])

    assert facts.duration_seconds == pytest.approx(6.0, abs=0.05)


def test_a_header_that_states_twice_the_length_is_named_with_both_lengths() -> None:
    error = refuse(state_wav_length(WAV, 2 * STATED))

    assert error.reason is AudioProblem.DAMAGED
    assert "It should be 24 s long, but only 12 s can be played." in str(error)


def test_what_follows_the_sound_is_no_sound() -> None:
    notes = b"LIST" + (20_000).to_bytes(4, "little") + b"INFO" + b"x" * 19_996

    assert read_facts(WAV + notes).duration_seconds == pytest.approx(make_field_sound.SECONDS)
    assert read_facts(WAV + bytes(50_000)).duration_seconds == pytest.approx(make_field_sound.SECONDS)
    assert read_facts(WAV + b"ID3\4" + b"x" * 9000).duration_seconds == pytest.approx(make_field_sound.SECONDS)


@pytest.mark.parametrize("ending", ["wav", "aiff", "caf", "w64", "m4a", "mov", "mp3", "flac", "ogg", "webm", "aac"])
def test_files_that_were_joined_by_copying_are_heard_to_the_end(ending: str, tmp_path: Path) -> None:
    content = write_sound_file(tmp_path / f"a.{ending}", seconds=3.0).read_bytes()

    facts, heard = decode_here(content + content)

    assert facts.duration_seconds == pytest.approx(6.0, abs=0.2)
    assert len(heard) == pytest.approx(6.0 * make_field_sound.RATE, abs=3500)


@pytest.mark.parametrize("ending", ["mp3", "aac"])
def test_a_tag_in_the_middle_of_a_stream_is_skipped(ending: str, tmp_path: Path) -> None:
    content = write_sound_file(tmp_path / f"a.{ending}", seconds=3.0).read_bytes()
    tag = b"ID3\4\0\0" + bytes([0, 0, 2, 10]) + b"TIT2" + b"x" * 262

    facts = read_facts(content + tag + content)

    assert facts.duration_seconds == pytest.approx(6.0, abs=0.2)


def test_a_damaged_middle_is_named_by_its_length_and_where_it_is(tmp_path: Path) -> None:
    content = bytearray(write_sound_file(tmp_path / "a.m4a", seconds=20.0).read_bytes())
    middle = len(content) // 2
    content[middle : middle + len(content) // 10] = bytes(len(content) // 10)

    error = refuse(bytes(content))

    assert error.reason is AudioProblem.DAMAGED
    assert " s of it cannot be played, from 0:" in str(error)
    assert "It should be" not in str(error)


@pytest.mark.parametrize("ending", ["wav", "flac", "mp3", "ogg"])
def test_what_there_is_of_a_cut_recording_can_be_used_and_is_said(ending: str, tmp_path: Path) -> None:
    content = write_sound_file(tmp_path / f"a.{ending}", seconds=12.0).read_bytes()
    half = content[: len(content) // 2]

    facts, heard = decode_here(half, tolerates_loss=True)

    assert 4 < facts.duration_seconds < 8
    assert len(heard) == pytest.approx(facts.duration_seconds * make_field_sound.RATE, abs=2000)
    assert ending == "ogg" or "It should be 12 s long" in facts.describe_loss()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04" * 999, "ZIP archive"),
        (b"\x03ds2" + bytes(5000), "DS2 dictation file"),
        (b"MThd\0\0\0\6" + bytes(3000), "MIDI"),
        (b"#EXTM3U\nhttp://example.org/a.mp3\n", "playlist"),
    ],
)
def test_known_files_that_are_not_read_are_named(content: bytes, words: str) -> None:
    error = refuse(content)

    assert error.reason is AudioProblem.NOT_AUDIO
    assert words in str(error)
