"""Answer a browser that plays a recording: the whole sound or the range of bytes it asks for (RFC 9110 §14)."""

from itertools import chain

from flask import Response, request

from core.files import Storage
from core.sealing import SealBrokenError
from transcripts.media_types import file_ending_of
from transcripts.models import Recording


class RangeNotThereError(Exception):
    """The range begins behind the end of the sound."""


def sound_response(recording: Recording, storage: Storage) -> Response:
    """Raises SealBrokenError when what is stored is not what came."""
    size, etag = recording.size_bytes, recording.sha256
    if storage.size(recording.storage_path) != size:
        raise SealBrokenError("The stored file was cut since it was written, so it is not played.")
    try:
        asked = _asked_range(size, etag)
    except RangeNotThereError:
        return Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = asked or (0, size)
    pieces = storage.chunks(recording.storage_path, start, end)
    first = next(pieces, b"")  # before the answer begins, so that what is broken is said, not cut off
    response = Response(
        chain([first], pieces),
        status=206 if asked else 200,
        mimetype=recording.media_type,
        headers={"Accept-Ranges": "bytes", "Content-Disposition": f'inline; filename="{file_name(recording)}"'},
    )
    if asked:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response.content_length = end - start
    response.set_etag(etag)
    return response


def file_name(recording: Recording) -> str:
    """By reference, never by name."""
    reference = recording.contribution.participant.reference
    return f"{reference}-{recording.position}.{file_ending_of(recording.media_type)}"


def _asked_range(size: int, etag: str) -> tuple[int, int] | None:
    """Half-open; None: the whole sound. A range that cannot be read, and several at once, count as none."""
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    if "If-Range" in request.headers and request.if_range.etag != etag:
        return None
    start, end = asked.ranges[0]
    first = max(0, size + start) if start < 0 else start
    if first >= size:
        raise RangeNotThereError
    return first, size if end is None else min(end, size)
