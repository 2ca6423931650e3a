"""A file read out of a form while it arrives."""

import io
import itertools

import pytest

from core.errors import RuleError
from core.file_storage import IncompleteUploadError
from transcripts.recordings.streaming_form import UnreadableFormError, read_streamed_file, read_streamed_form

BOUNDARY = b"----a-browser's-own-7MA4YWxk"


def form(*parts: tuple[str, str | None, bytes]) -> bytes:
    """Parts as (field, file name or None, content)."""
    pieces = []
    for field, file_name, content in parts:
        named = f'; filename="{file_name}"' if file_name is not None else ""
        head = f'Content-Disposition: form-data; name="{field}"{named}\r\n\r\n'.encode()
        pieces.append(b"--" + BOUNDARY + b"\r\n" + head + content + b"\r\n")
    return b"".join(pieces) + b"--" + BOUNDARY + b"--\r\n"


def content_of(body: bytes) -> bytes | None:
    file = read_streamed_file(io.BytesIO(body), BOUNDARY, "recording")
    return None if file is None else b"".join(itertools.takewhile(bool, iter(file.read, None)))


@pytest.mark.parametrize(
    "content", [b"", b"sound", b"\r\n--" + BOUNDARY[:-1], b"\r\n" * 300_000, bytes(range(256)) * 5000]
)
def test_a_file_comes_out_as_it_was_sent(content: bytes) -> None:
    body = form(("note", None, b"before"), ("recording", "interview.wav", content), ("note", None, b"after"))

    received = content_of(body)

    assert received == content


def test_fields_before_the_file_are_known_when_the_file_begins() -> None:
    body = form(("language", None, "cy ü".encode()), ("empty", None, b""), ("recording", "a.wav", b"sound"))

    received = read_streamed_form(io.BytesIO(body), BOUNDARY, "recording")

    assert received.fields == {"language": "cy ü", "empty": ""}
    assert received.file is not None


def test_text_that_is_no_choice_is_not_kept_in_memory() -> None:
    body = form(("language", None, b"en" * 1_000_000), ("recording", "a.wav", b"sound"))

    with pytest.raises(UnreadableFormError):
        read_streamed_form(io.BytesIO(body), BOUNDARY, "recording")


def test_a_form_sent_without_a_file_has_none() -> None:
    assert content_of(form(("recording", "", b""))) is None


def test_a_form_with_other_fields_only_has_no_file() -> None:
    assert content_of(form(("note", None, b"hello"))) is None


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_a_body_that_stops_early_is_cut_short(kept: float) -> None:
    body = form(("recording", "interview.wav", b"sound " * 100_000))

    with pytest.raises(IncompleteUploadError):
        content_of(body[: int(len(body) * kept)])


@pytest.mark.parametrize(
    "body",
    [
        b"--" + BOUNDARY + b"\r\nContent-Type: text/plain\r\n\r\nno name\r\n--" + BOUNDARY + b"--\r\n",
        b"--" + BOUNDARY + b"\r\n\xff\xfe: broken\r\n\r\nx\r\n--" + BOUNDARY + b"--\r\n",
        b"--" + BOUNDARY + b"\r\nX: " + b"long " * 500_000,
    ],
)
def test_a_body_that_no_browser_sends_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(RuleError) as refusal:
        content_of(body)

    assert isinstance(refusal.value, UnreadableFormError)
