"""Respond to a browser that plays a recording: the whole file or a range of its bytes (RFC 9110 §14)."""

from dataclasses import dataclass, replace
from itertools import chain

from flask import Response, request

from core.encryption import DamagedFileError
from core.file_storage import Storage
from transcripts.models import Recording
from transcripts.recordings.media_types import find_file_extension
from transcripts.recordings.recordings import UNKNOWN_MEDIA_TYPE


class RangeNotSatisfiableError(Exception): ...


@dataclass(frozen=True, slots=True)
class PlayableFile:
    path: str
    size_bytes: int
    media_type: str
    etag: str
    file_name: str
    is_download: bool = False


def get_original(recording: Recording) -> PlayableFile:
    return PlayableFile(
        recording.storage_path,
        recording.size_bytes,
        recording.media_type,
        recording.sha256,
        build_file_name(recording, recording.media_type),
        is_download=True,
    )


def get_refused_file(recording: Recording) -> PlayableFile:
    """The media type is unknown, so that no browser opens it."""
    return replace(
        get_original(recording), media_type=UNKNOWN_MEDIA_TYPE, file_name=build_file_name(recording, UNKNOWN_MEDIA_TYPE)
    )


def get_listening_copy(recording: Recording) -> PlayableFile:
    if recording.listening_path is None or recording.listening_size_bytes is None:
        return replace(get_original(recording), is_download=False)
    media_type = recording.listening_media_type or recording.media_type
    return PlayableFile(
        recording.listening_path,
        recording.listening_size_bytes,
        media_type,
        f"{recording.sha256}-listening",
        build_file_name(recording, media_type),
    )


def build_audio_response(file: PlayableFile, storage: Storage) -> Response:
    size, etag = file.size_bytes, file.etag
    if storage.get_size(file.path) != size:
        raise DamagedFileError("Part of the stored file is missing, so it cannot be played.")
    try:
        requested = _parse_range(size, etag)
    except RangeNotSatisfiableError:
        return Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = requested or (0, size)
    pieces = storage.iter_range(file.path, start, end)
    first = next(pieces, b"")  # before the response starts, so that a damaged file gives an error, not a short file
    disposition = "attachment" if file.is_download else "inline"
    response = Response(
        chain([first], pieces),
        status=206 if requested else 200,
        mimetype=file.media_type,
        headers={"Accept-Ranges": "bytes", "Content-Disposition": f'{disposition}; filename="{file.file_name}"'},
    )
    if requested:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response.content_length = end - start
    response.set_etag(etag)
    return response


def build_file_name(recording: Recording, media_type: str) -> str:
    reference = recording.contribution.participant.reference
    return f"{reference}-{recording.position}.{find_file_extension(media_type)}"


def _parse_range(size: int, etag: str) -> tuple[int, int] | None:
    """Half-open; None is the whole file. Unreadable and multiple ranges are ignored."""
    requested = request.range
    if requested is None or requested.units != "bytes" or len(requested.ranges) != 1:
        return None
    if "If-Range" in request.headers and request.if_range.etag != etag:
        return None
    start, end = requested.ranges[0]
    first = max(0, size + start) if start < 0 else start
    if first >= size:
        raise RangeNotSatisfiableError
    return first, size if end is None else min(end, size)
