"""Answer a browser that plays a recording: the whole sound or the range of bytes it asks for (RFC 9110 §14)."""

from dataclasses import dataclass, replace
from itertools import chain

from flask import Response, request

from core.files import Storage
from core.sealing import SealBrokenError
from transcripts.media_types import file_ending_of
from transcripts.models import Recording
from transcripts.recordings import UNKNOWN_MEDIA


class RangeNotThereError(Exception):
    """The range begins behind the end of the sound."""


@dataclass(frozen=True, slots=True)
class Playable:
    """One stored file of sound, as it is answered."""

    path: str
    size_bytes: int
    media_type: str
    etag: str
    file_name: str
    is_download: bool = False


def original(recording: Recording) -> Playable:
    """What came, to be kept as a file."""
    return Playable(
        recording.storage_path,
        recording.size_bytes,
        recording.media_type,
        recording.sha256,
        file_name(recording, recording.media_type),
        is_download=True,
    )


def kept_aside(recording: Recording) -> Playable:
    """A file that was refused: whatever it is, no browser opens it."""
    return replace(original(recording), media_type=UNKNOWN_MEDIA, file_name=file_name(recording, UNKNOWN_MEDIA))


def to_listen_to(recording: Recording) -> Playable:
    """The small copy where there is one."""
    if recording.listening_path is None or recording.listening_size_bytes is None:
        return replace(original(recording), is_download=False)
    media_type = recording.listening_media_type or recording.media_type
    return Playable(
        recording.listening_path,
        recording.listening_size_bytes,
        media_type,
        f"{recording.sha256}-listening",
        file_name(recording, media_type),
    )


def sound_response(sound: Playable, storage: Storage) -> Response:
    """Raises SealBrokenError when what is stored is not what came."""
    size, etag = sound.size_bytes, sound.etag
    if storage.size(sound.path) != size:
        raise SealBrokenError("The stored file was cut since it was written, so it is not played.")
    try:
        asked = _asked_range(size, etag)
    except RangeNotThereError:
        return Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = asked or (0, size)
    pieces = storage.chunks(sound.path, start, end)
    first = next(pieces, b"")  # before the answer begins, so that what is broken is said, not cut off
    disposition = "attachment" if sound.is_download else "inline"
    response = Response(
        chain([first], pieces),
        status=206 if asked else 200,
        mimetype=sound.media_type,
        headers={"Accept-Ranges": "bytes", "Content-Disposition": f'{disposition}; filename="{sound.file_name}"'},
    )
    if asked:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response.content_length = end - start
    response.set_etag(etag)
    return response


def file_name(recording: Recording, media_type: str) -> str:
    """By reference, never by name."""
    reference = recording.contribution.participant.reference
    return f"{reference}-{recording.position}.{file_ending_of(media_type)}"


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
