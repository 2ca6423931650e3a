"""The headers of tus: what they mean, and what is refused."""

import base64
import hashlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.uploads import tus_protocol
from transcripts.uploads.tus_protocol import ProtocolError

GIB = 1024**3


def in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_a_length_is_read() -> None:
    assert tus_protocol.parse_length({"Upload-Length": "1234"}, max_bytes=GIB) == 1234


@pytest.mark.parametrize("stated", ["", "-1", "+1", "1.5", "1e3", " 1", "²", "٣", "9" * 19, "nan"])
def test_what_is_no_length_is_refused(stated: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        tus_protocol.parse_length({"Upload-Length": stated}, max_bytes=GIB)

    assert caught.value.status == 400


def test_a_file_over_the_limit_is_refused_with_a_reason() -> None:
    with pytest.raises(ProtocolError, match="larger than the limit of 1 GB") as caught:
        tus_protocol.parse_length({"Upload-Length": str(GIB + 1)}, max_bytes=GIB)

    assert caught.value.status == 413


def test_an_empty_file_is_refused_with_a_reason() -> None:
    with pytest.raises(ProtocolError, match="This file is empty"):
        tus_protocol.parse_length({"Upload-Length": "0"}, max_bytes=GIB)


@pytest.mark.parametrize("stated", [None, "", "0.2.2", "1.0"])
def test_another_version_is_refused(stated: str | None) -> None:
    with pytest.raises(ProtocolError) as caught:
        tus_protocol.require_version(stated)

    assert caught.value.status == 412


def test_another_type_of_body_is_refused() -> None:
    with pytest.raises(ProtocolError) as caught:
        tus_protocol.require_body_type("application/octet-stream")

    assert caught.value.status == 415


@given(st.dictionaries(st.text("abcxyz_", min_size=1), st.text(), max_size=4))
def test_metadata_come_out_as_they_went_in(metadata: dict[str, str]) -> None:
    header = ",".join(f"{key} {in_base64(value.encode())}".strip() for key, value in metadata.items())

    assert tus_protocol.parse_metadata({"Upload-Metadata": header}) == metadata


@given(st.text())
def test_whatever_is_in_metadata_it_is_read_or_refused(header: str) -> None:
    with suppress(ProtocolError):
        found = tus_protocol.parse_metadata({"Upload-Metadata": header})

        assert all(isinstance(value, str) for value in found.values())


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_checksum_is_read(algorithm: str) -> None:
    digest = hashlib.new(algorithm, b"sound").digest()

    found = tus_protocol.parse_checksum({"Upload-Checksum": f"{algorithm} {in_base64(digest)}"})

    assert found is not None
    assert (found.algorithm, found.digest) == (algorithm, digest)


@pytest.mark.parametrize("stated", ["md5 aGVsbG8=", "sha1 not-base64!", ""])
def test_what_is_no_checksum_of_ours_is_refused(stated: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        tus_protocol.parse_checksum({"Upload-Checksum": stated})

    assert caught.value.status == 400


def test_the_expiry_is_in_the_form_of_http() -> None:
    moment = datetime(2026, 11, 22, 12, 0, 5, tzinfo=timezone(timedelta(hours=1)))

    assert tus_protocol.format_http_date(moment) == "Sun, 22 Nov 2026 11:00:05 GMT"
    assert tus_protocol.format_http_date(moment.astimezone(UTC)) == "Sun, 22 Nov 2026 11:00:05 GMT"
