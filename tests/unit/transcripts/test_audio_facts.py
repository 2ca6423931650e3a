"""What is said about a recording of which something is lost."""

from itertools import pairwise

import pytest

from transcripts.audio.audio_facts import AudioFacts, Loss, format_different_lengths, format_length, format_time
from transcripts.audio.containers import describe_unreadable, has_audio_magic
from transcripts.recordings.media_types import (
    ACCEPTED_EXTENSIONS,
    FILE_EXTENSIONS,
    MEDIA_TYPES,
    VIDEO_TYPES,
    find_file_extension,
    find_media_type,
)


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        (Loss(0, 0, 15.6, 15.6), "It should be 31 s long, but only 16 s can be played."),
        (Loss(0, 0, 0.4, 30.9), "It should be 31.3 s long, but only 30.9 s can be played."),
        (Loss(2.24, 16.4, 0.1, 31.2), "2.2 s of it cannot be played, from 0:16 on."),
        (Loss(75.0, 3725.0, 0, 7200.0), "1 min 15 s of it cannot be played, from 1:02:05 on."),
    ],
)
def test_the_reason_is_true_to_the_figures(loss: Loss, text: str) -> None:
    assert loss.describe() == text


def test_two_lengths_that_differ_never_read_the_same() -> None:
    lengths = [31.2, 31.24, 90.0, 90.4, 3600.0, 3600.5, 3659.0, 7199.6]

    for one, other in pairwise(lengths):
        texts = format_different_lengths(one, other)
        assert texts[0] != texts[1] or other - one < 0.05


@pytest.mark.parametrize(("seconds", "text"), [(31.2, "31 s"), (90.0, "1 min 30 s"), (3661.0, "1 h 1 min")])
def test_lengths_are_read_aloud(seconds: float, text: str) -> None:
    assert format_length(seconds) == text


def test_tenths_never_make_sixty_seconds() -> None:
    assert (format_length(59.98, tenths=True), format_time(59.98)) == ("60.0 s", "0:59")


def test_only_a_loss_that_can_be_noticed_is_said() -> None:
    facts = AudioFacts(60.0, None, 0.1, 5.0, 0.0, 1, 16_000, "wav", "pcm_s16le", has_video=False, size_bytes=1)

    assert facts.describe_loss() == ""


@pytest.mark.parametrize(
    "head", [b"#!AMR\n", b"FORM\0\0\0\0AIFF", b"caff\0\1", b"RF64", bytes.fromhex("3026b2758e66cf11")]
)
def test_sound_files_are_known_by_their_first_bytes(head: bytes) -> None:
    assert has_audio_magic(head)


def test_a_camcorder_stream_is_known_by_its_packets() -> None:
    assert has_audio_magic(b"".join(b"\0\0\0\0" + b"G" + bytes(187) for _ in range(8)))
    assert has_audio_magic((b"G" + bytes(187)) * 8)
    assert not has_audio_magic(b"Good morning, and welcome to the interview. " * 40)


def test_an_archive_is_named() -> None:
    assert "ZIP archive" in describe_unreadable(b"PK\x03\x04rest")
    assert describe_unreadable(b"Dear interviewer") == ""


def test_each_container_has_a_media_type_and_an_extension_that_can_be_chosen() -> None:
    types = {*MEDIA_TYPES.values(), *VIDEO_TYPES.values()}

    assert types <= set(FILE_EXTENSIONS)
    assert {find_file_extension(media_type) for media_type in types} <= set(ACCEPTED_EXTENSIONS)
    assert find_media_type("asf", has_video=True) == "video/x-ms-wmv"
